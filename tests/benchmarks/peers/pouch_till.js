// A till of PouchDB: `pull` brings what is new into LevelDB on disk and says how many rows came; `forget` begins an empty one.
"use strict";
const readline = require("readline");
const PouchDB = require("pouchdb");

const [address, folder] = process.argv.slice(2);
const remote = new PouchDB(`${address}/rows`);
let number = 0;
let local = new PouchDB(`${folder}-${number}`);
const commands = {
  forget: async () => {
    await local.destroy();
    number += 1;
    local = new PouchDB(`${folder}-${number}`);
    await local.info();
    return "ready";
  },
  pull: async () => (await local.replicate.from(remote, { batch_size: 1000 })).docs_written,
};
const input = readline.createInterface({ input: process.stdin });
input.on("line", async (line) => console.log(await commands[line]()));
input.on("close", () => process.exit(0));
console.log("ready");
