// Fills in the worker's list of what it keeps on the phone, and fails when that grows too large for a phone.
const { readFileSync } = require("node:fs");
const { gzipSync } = require("node:zlib");

const BUILT = "static/dist";
const MOST_KILOBYTES = 80;

module.exports = {
  swSrc: "build/sw.js",
  swDest: `${BUILT}/sw.js`,
  globDirectory: BUILT,
  // What recording needs without a network. Other pages are fetched when somebody opens them.
  globPatterns: ["css/app-*.css", "chunks/*.js", "pages/*.js", "shell/*.html", "app-icons/*.svg"],
  modifyURLPrefix: { "": "/static/" },
  dontCacheBustURLsMatching: /-[0-9A-Z]{8}\.\w+$/,
  manifestTransforms: [withinBudget],
};

/** Sizes are counted as they travel: compressed, each file on its own. */
function withinBudget(entries) {
  const sizes = entries.map(({ url }) => [compressed(url), url]).sort(([one], [other]) => other - one);
  const kilobytes = sizes.reduce((sum, [size]) => sum + size, 0) / 1024;
  if (kilobytes > MOST_KILOBYTES) {
    const largest = sizes.slice(0, 8).map(([size, url]) => `  ${(size / 1024).toFixed(1)} KB  ${url}`);
    throw new Error(
      `The precache is ${kilobytes.toFixed(1)} KB compressed; at most ${MOST_KILOBYTES} KB may be.\n${largest.join("\n")}`,
    );
  }
  console.log(`precache: ${entries.length} files, ${kilobytes.toFixed(1)} KB compressed (at most ${MOST_KILOBYTES})`);
  return { manifest: entries, warnings: [] };
}

function compressed(url) {
  return gzipSync(readFileSync(url.replace(/^.*?\/static\//, `${BUILT}/`))).length;
}
