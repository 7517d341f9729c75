// A till of RxDB in memory: every line of stdin pulls what is new and writes how many rows came.
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

async function main() {
  const database = await createRxDatabase({ name: "till", storage: getRxStorageMemory() });
  const { rows } = await database.addCollections({ rows: { schema } });
  let came = 0;
  const replication = replicateRxCollection({
    collection: rows,
    replicationIdentifier: "rows",
    live: true,
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
  await replication.awaitInitialReplication();
  const input = readline.createInterface({ input: process.stdin });
  input.on("line", async () => {
    came = 0;
    replication.reSync();
    await replication.awaitInSync();
    console.log(came);
  });
  input.on("close", () => process.exit(0));
  console.log("ready");
}
main();
