// Builds the front end into static/dist: scripts and style sheet with hashed names, icons, and build/sw.js, the worker
// whose list of files is not yet filled in. static/dist/manifest.json says which built file stands for which name,
// for asset() in the templates.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, parse, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const SOURCE = "static/src";
const BUILT = "static/dist";
/** Made by the steps after this one, from what is built here. */
const MADE_LATER = /^(shell\/|sw\.js$)/;

/**
 * What keeps, sends and reads back what is recorded, as pages and worker call it: with the library for the database,
 * the page of what waits and the words in the masthead; without the pages that draw other things.
 */
const SENDING = `
  import "./pages/outbox";
  export { SyncState } from "./elements/sync-state";
  export { ownListen, ownListens } from "./kept";
  export { add } from "./outbox";
  export { pull } from "./pull";
  export { flush } from "./sync";
  export { undo } from "./undo";
`;
const MOST_KILOBYTES = 12;

/** Going through a store by `for await` is put into the database library when it is loaded, and used by nobody here. */
const withoutIteration = {
  name: "without iteration",
  setup({ onLoad }) {
    onLoad({ filter: /idb[/\\]build[/\\]index\.js$/ }, ({ path }) => {
      const whole = readFileSync(path, "utf8");
      const [from, to] = [whole.indexOf("const advanceMethodProps"), whole.lastIndexOf("export {")];
      if (from === -1 || to < from)
        throw new Error("The database library is built otherwise now: look at esbuild.mjs.");
      return { contents: whole.slice(0, from) + whole.slice(to) };
    });
  },
};

const shared = {
  plugins: [withoutIteration],
  bundle: true,
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
};

const site = await build({
  ...shared,
  entryPoints: [
    ...scriptsOfPages(),
    ...existing(`${SOURCE}/css/app.css`),
    ...existing(`${SOURCE}/css/building.css`),
    ...existing(`${SOURCE}/paper/paper.css`),
  ],
  format: "esm",
  splitting: true,
  sourcemap: "linked",
  outdir: BUILT,
  outbase: SOURCE,
  entryNames: "[dir]/[name]-[hash]",
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "files/[name]-[hash]",
  metafile: true,
});
const worker = { ...shared, entryPoints: [`${SOURCE}/sw.ts`], format: "iife", outfile: "build/sw.js" };
await build(worker);
await sendingWithinBudget();

const manifest = {
  ...builtEntries(site.metafile),
  ...copied("app-icons"),
  ...copied("app-screenshots"),
};
writeFileSync(join(BUILT, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
sweep(["manifest.json", ...Object.values(manifest), ...Object.keys(site.metafile.outputs).map(withinBuilt)]);

/** Counted as it travels: all of it in one file, compressed. */
async function sendingWithinBudget() {
  const stdin = { contents: SENDING, resolveDir: SOURCE };
  const { outputFiles } = await build({ ...shared, stdin, format: "esm", write: false });
  const kilobytes = gzipSync(outputFiles[0].contents).length / 1024;
  if (kilobytes > MOST_KILOBYTES) {
    throw new Error(`Outbox and sync are ${kilobytes.toFixed(1)} KB compressed; at most ${MOST_KILOBYTES} KB may be.`);
  }
  console.log(`outbox and sync: ${kilobytes.toFixed(1)} KB compressed (at most ${MOST_KILOBYTES})`);
}

/** The scripts that some template asks for; the other files in pages/ and building/ are parts of them. */
function scriptsOfPages() {
  const asked = filesIn("templates").flatMap((file) => [
    ...readFileSync(file, "utf8").matchAll(/asset\(["']((?:pages|building)\/[\w-]+)\.js["']\)/g),
  ]);
  return [...new Set(asked.map(([, name]) => `${SOURCE}/${name}.ts`))].sort();
}

/** Logical name (`pages/record.js`, `app.css`) → built name. */
function builtEntries({ outputs }) {
  const entries = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint !== undefined);
  return Object.fromEntries(
    entries.map(([file, { entryPoint }]) => {
      const name = relative(SOURCE, entryPoint)
        .replace(/\.ts$/, ".js")
        .replace(/^css\//, "");
      return [name, withinBuilt(file)];
    }),
  );
}

function copied(folder) {
  return Object.fromEntries(
    filesIn(`${SOURCE}/${folder}`).map((file) => {
      const content = readFileSync(file);
      const { dir, name, ext } = parse(relative(SOURCE, file));
      const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
      const built = `${dir}/${name}-${hash}${ext}`;
      write(built, content);
      return [`${dir}/${name}${ext}`, built];
    }),
  );
}

/** Old files go after the new ones are there, so that a server that is running never misses one for long. */
function sweep(made) {
  const kept = new Set(made);
  for (const file of filesIn(BUILT).map(withinBuilt)) {
    if (!kept.has(file) && !MADE_LATER.test(file)) rmSync(join(BUILT, file));
  }
}

function write(name, content) {
  mkdirSync(dirname(join(BUILT, name)), { recursive: true });
  writeFileSync(join(BUILT, name), content);
}

function withinBuilt(file) {
  return relative(BUILT, file);
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath ?? found.path, found.name));
}

function existing(file) {
  return existsSync(file) ? [file] : [];
}
