// SPDX-License-Identifier: Apache-2.0
/**
 * Copy the third-party files that pages need from node_modules to static/vendor.
 *
 * Files are served as published: there is no bundler. `hashes.json` lists each file with its SHA-256, for cache busting;
 * `.stamp` holds the SHA-256 of package-lock.json, so that a second start can see in a moment that nothing is to do.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const modules = join(root, "node_modules");
const target = join(root, "static", "vendor");
const fresh = `${target}.new`;

/** Each line: file of a package → its name under static/vendor. */
const files = [
  ["bootstrap/dist/css/bootstrap.min.css", "bootstrap/bootstrap.min.css"],
  ["bootstrap/LICENSE", "bootstrap/LICENSE"],
  ["htmx.org/dist/htmx.min.js", "htmx/htmx.min.js"],
  ["htmx.org/LICENSE", "htmx/LICENSE"],
  ["echarts/dist/echarts.esm.min.js", "echarts/echarts.esm.min.mjs"],
  ["echarts/LICENSE", "echarts/LICENSE"],
  ["echarts/NOTICE", "echarts/NOTICE"],
  ["viewerjs/dist/viewer.esm.js", "viewer/viewer.mjs"],
  ["viewerjs/dist/viewer.min.css", "viewer/viewer.min.css"],
  ["viewerjs/LICENSE", "viewer/LICENSE"],
  ["@fontsource/ibm-plex-sans/files/ibm-plex-sans-latin-400-normal.woff2", "plex/sans-400.woff2"],
  ["@fontsource/ibm-plex-sans/files/ibm-plex-sans-latin-600-normal.woff2", "plex/sans-600.woff2"],
  ["@fontsource/ibm-plex-sans-condensed/files/ibm-plex-sans-condensed-latin-600-normal.woff2", "plex/condensed-600.woff2"],
  ["@fontsource/ibm-plex-sans/LICENSE", "plex/LICENSE"],
  ["@tabler/icons/LICENSE", "icons/LICENSE"],
];

function sha256(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

function copy(from, to) {
  const source = join(modules, from);
  if (!existsSync(source)) throw new Error(`${from} is not installed: type "npm ci" first`);
  const destination = join(fresh, to);
  mkdirSync(dirname(destination), { recursive: true });
  cpSync(source, destination);
}

const frame =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor"' +
  ' stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">';

/** Leave what a page needs of an icon: one line, a finer stroke, no fixed size and no class of the publisher. */
function copyIcon(name) {
  const source = join(modules, "@tabler/icons/icons/outline", `${name}.svg`);
  if (!existsSync(source)) throw new Error(`static/src/icons.json names "${name}", which the icon set does not have`);
  const svg = readFileSync(source, "utf8")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "")
    .replace(/^[\s\S]*?<svg[\s\S]*?>/, frame)
    .replace(/\s*\n\s*/g, "");
  writeFileSync(join(fresh, "icons", `${name}.svg`), svg);
}

function walk(folder) {
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}

rmSync(fresh, { recursive: true, force: true });
mkdirSync(join(fresh, "icons"), { recursive: true });
for (const [from, to] of files) copy(from, to);
for (const name of JSON.parse(readFileSync(join(root, "static/src/icons.json"), "utf8"))) copyIcon(name);

const hashes = {};
for (const path of walk(fresh)) {
  if (!path.endsWith("LICENSE") && !path.includes(`${sep}icons${sep}`)) {
    hashes[relative(fresh, path).split(sep).join("/")] = sha256(path);
  }
}
writeFileSync(join(fresh, "hashes.json"), `${JSON.stringify(hashes, null, 2)}\n`);
writeFileSync(join(fresh, ".stamp"), `${sha256(join(root, "package-lock.json"))}\n`);

// Exchanged in two renames, so that a page served at this moment finds the old files or the new ones.
rmSync(`${target}.old`, { recursive: true, force: true });
if (existsSync(target)) renameSync(target, `${target}.old`);
renameSync(fresh, target);
rmSync(`${target}.old`, { recursive: true, force: true });
console.log(`static/vendor: ${Object.keys(hashes).length} files and ${readdirSync(join(target, "icons")).length - 1} icons`);
