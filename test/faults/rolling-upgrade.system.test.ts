// A rolling upgrade and a way back under load: servers of the version that was released before and of this one on one database. For
// longer: `bun run faults --servers 3 --former COMMIT`.
import { expect, test } from "bun:test";
import { FORMER, isInHistory } from "../support/former-version.ts";
import { runGroupCampaign } from "./group-campaign.ts";

const hasFormer = await isInHistory(FORMER);
if (!hasFormer)
  console.warn(`Commit ${FORMER} is not in this clone's history: what it does beside this version was left out.`);

test.if(hasFormer)(
  "servers of the former version and of this one, upgraded in turn and set back while people write, keep every promise",
  async () => {
    const { verdict, surprises, faults } = await runGroupCampaign({
      servers: 2,
      bus: "notify",
      former: FORMER,
      seconds: 5,
      seed: 1,
      pace: 0.2,
      weights: {
        servers: { "every server upgraded in turn, then set back": 1 },
        bus: {},
        network: { "some connections cut": 1 },
        clients: {},
      },
    });
    for (const [fault, found] of Object.entries(verdict.faults)) expect([fault, found]).toEqual([fault, 0]);
    expect([...surprises]).toEqual([]);
    expect(faults.get("every server upgraded in turn, then set back")).toBeGreaterThan(0);
    expect(verdict.acknowledged).toBeGreaterThan(50);
  },
  180_000,
);
