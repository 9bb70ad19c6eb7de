// Builds the front end: `node build.mjs [folder]` writes the studio (studio.js, and parts that are loaded when they are
// needed), the player of saved pages as one file (player.js), and the style sheet of both.
import { build } from "esbuild";

const shared = {
  outdir: process.argv[2] ?? "../src/gradwalk/studio/static",
  bundle: true,
  minify: true,
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
  loader: { ".woff2": "dataurl" }, // the saved page is one file
};
await build({
  ...shared,
  entryPoints: { studio: "src/main.tsx" },
  format: "esm",
  splitting: true,
  chunkNames: "[name]-[hash]",
});
await build({ ...shared, entryPoints: { player: "src/player.tsx", style: "src/style.css" }, format: "iife" });
