// The peers' head office: express-pouchdb over a database in memory, and the same rows as plain JSON for RxDB.
// Writes its port; then each line of stdin, `pouch FILE` or `plain FILE`, publishes a file's rows and is answered "published".
"use strict";
const fs = require("fs");
const os = require("os");
const path = require("path");
const readline = require("readline");
const express = require("express");
const PouchDB = require("pouchdb").plugin(require("pouchdb-adapter-memory"));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "guitai-peers-"));
const Memory = PouchDB.defaults({ adapter: "memory" });
const options = { inMemoryConfig: true, logPath: path.join(folder, "log.txt"), mode: "minimumForPouchDB" };
const rows = new Memory("rows");
const revisions = new Map();
const latest = [];

const app = express();
app.get("/plain", (request, response) => {
  const after = Number(request.query.after);
  response.json(latest.slice(after, after + Number(request.query.limit)));
});
app.use("/", require("express-pouchdb")(Memory, options));

const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
const input = readline.createInterface({ input: process.stdin });
let before = Promise.resolve();
input.on("line", (line) => {
  before = before.then(async () => {
    const [to, file] = line.split(" ");
    const published = JSON.parse(fs.readFileSync(file, "utf8"));
    if (to === "plain") {
      latest.push(...published.map((row, place) => ({ ...row, place: latest.length + place })));
    } else {
      for (const answer of await rows.bulkDocs(published.map(({ id, ...row }) => ({ _id: id, _rev: revisions.get(id), ...row })))) {
        if (answer.error) throw new Error(`${answer.id}: ${answer.reason}`);
        revisions.set(answer.id, answer.rev);
      }
    }
    console.log("published");
  });
});
input.on("close", () => {
  fs.rmSync(folder, { recursive: true });
  process.exit(0);
});
