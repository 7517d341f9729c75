// A till of RxDB in memory: `pull` brings what is new and says how many rows came; `forget` begins an empty one.
"use strict";
const readline = require("readline");
const { createRxDatabase } = require("rxdb");
const { replicateRxCollection } = require("rxdb/plugins/replication");
const { getRxStorageMemory } = require("rxdb/plugins/storage-memory");

const [address] = process.argv.slice(2);
const text = { type: "string" };
const schema = {
  version: 0,
  primaryKey: "id",
  type: "object",
  properties: { id: { type: "string", maxLength: 100 }, ver: { type: "integer" }, raw: text, h: text, place: { type: "integer" } },
};

let database = null;
let replication = null;
let came = 0;

async function begin() {
  if (replication) await replication.cancel();
  if (database) await database.remove();
  database = await createRxDatabase({ name: "till", storage: getRxStorageMemory() });
  const { rows } = await database.addCollections({ rows: { schema } });
  replication = replicateRxCollection({
    collection: rows,
    replicationIdentifier: "rows",
    live: true,
    autoStart: false,
    pull: {
      batchSize: 1000,
      handler: async (checkpoint, limit) => {
        const after = checkpoint ? checkpoint.after : 0;
        const response = await fetch(`${address}/plain?after=${after}&limit=${limit}`);
        const documents = (await response.json()).map((row) => ({ ...row, _deleted: false }));
        came += documents.length;
        return { documents, checkpoint: { after: after + documents.length } };
      },
    },
  });
  replication.error$.subscribe((error) => console.error(error));
  started = false;
  return "ready";
}

let started = false;
async function pull() {
  came = 0;
  if (started) {
    replication.reSync();
  } else {
    started = true;
    await replication.start();
    await replication.awaitInitialReplication();
  }
  await replication.awaitInSync();
  return came;
}

async function main() {
  console.log(await begin());
  const input = readline.createInterface({ input: process.stdin });
  input.on("line", async (line) => console.log(await (line === "pull" ? pull() : begin())));
  input.on("close", () => process.exit(0));
}
main();
