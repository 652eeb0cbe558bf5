// SPDX-License-Identifier: Apache-2.0
// Style sheets keep to Chromium 100 and Safari 15 ("browserslist" in package.json).
export default {
  plugins: ["stylelint-no-unsupported-browser-features"],
  rules: {
    // What the plugin does not look at: functions and units are not selectors or properties.
    "function-disallowed-list": ["light-dark", "color-mix", "lab", "lch", "oklab", "oklch"],
    "unit-disallowed-list": ["dvh", "dvw", "lvh", "svh", "cqb", "cqh", "cqi", "cqw"],
    "plugin/no-unsupported-browser-features": [
      true,
      {
        ignorePartialSupport: true,
        // A browser without one of these shows the same page, only a little plainer.
        ignore: [
          "css-color-adjust", // printing without coloured grounds
          "css-focus-visible", // before Safari 15.4 the browser draws its own ring
          "css-paged-media", // page margins of the browser
          "css-scroll-behavior", // jumps instead of gliding
          "css-scrollbar", // scroll bars of the system
          "css-selection", // colours of the system
          "css-touch-action", // a double tap may zoom
          "text-size-adjust", // known there under its prefix
        ],
      },
    ],
  },
};
