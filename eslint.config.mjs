// SPDX-License-Identifier: Apache-2.0
// Scripts of the pages keep to Chromium 100 and Safari 15 ("browserslist" in package.json).
import js from "@eslint/js";
import compat from "eslint-plugin-compat";
import globals from "globals";

export default [
  { ignores: ["static/vendor*/**"] },
  js.configs.recommended,
  {
    // Syntax of 2021, and top-level await: what the browser floor reads.
    files: ["static/js/**"],
    ...compat.configs["flat/recommended"],
    languageOptions: { ecmaVersion: 2022, globals: globals.browser },
    rules: {
      ...compat.configs["flat/recommended"].rules,
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-syntax": ["error", { selector: "StaticBlock", message: "Safari 15 does not read static blocks." }],
    },
  },
  { files: ["static/src/**", "*.config.mjs"], languageOptions: { globals: globals.node } },
];
