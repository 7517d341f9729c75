// A till of PouchDB: every line of stdin pulls what is new into LevelDB on disk and writes how many rows came.
"use strict";
const readline = require("readline");
const PouchDB = require("pouchdb");

const [address, folder] = process.argv.slice(2);
const local = new PouchDB(folder);
const remote = new PouchDB(`${address}/rows`);
const input = readline.createInterface({ input: process.stdin });
input.on("line", async () => {
  const done = await local.replicate.from(remote, { batch_size: 1000 });
  console.log(done.docs_written);
});
input.on("close", () => process.exit(0));
console.log("ready");
