/** A driver whose process dies at writes, before they arrive or after, and whose successors know only journal and cluster. */
import { KubeError } from '../../src/kube/types.ts';
import { Random } from '../../src/simulator/controllers/random.ts';
import { isWriteOf } from '../runner/support.ts';
import { type Deck, driveOf, openSite, pass, type resume, type Site, step } from './support.ts';

const OPTIONS = { hosts: 9, clusters: 1, seed: 5 };
const TO = 'v1.34.5';

let reference: Record<string, unknown> | undefined;

/** What the cluster is in the end when nothing is cut. */
export async function undisturbed(open: (site: Site) => Site): Promise<Record<string, unknown>> {
  if (reference) return reference;
  const site = open(await openSite(OPTIONS));
  const drive = driveOf(await site.deck(1).driver.begin(site.ask(TO)));
  for (let steps = 0; steps < 2_000 && (await step(site, drive)) !== 'end'; steps += 1);
  await drive.leave();
  reference = await site.outcome();
  return reference;
}

class Killed extends Error {}

/** Kills the process at writes to the cluster, Leases and dry runs included or not as the dice say. */
function arm(deck: Deck, random: Random, onKill: () => void): void {
  const cut = () => new KubeError(0, 'Network', 'the connection is gone with the process');
  let alive = true;
  const at = random.integer(1, 3);
  deck.line.fault = (request) => {
    if (!alive) return { before: cut() };
    if (!isWriteOf(request) || deck.line.writes.length < at) return undefined;
    alive = false;
    onKill();
    return random.integer(0, 1) === 0 ? { before: cut() } : { after: cut() };
  };
}

/** The same upgrade, killed at every few writes. */
export async function interrupted(
  open: (site: Site) => Site,
  seed: number,
): Promise<{ outcome: Record<string, unknown>; kills: number }> {
  const site = open(await openSite(OPTIONS));
  const random = new Random(String(seed), 'kills');
  let kills = 0;
  let pid = 1;
  let dead = false;
  const live = (): Deck => {
    dead = false;
    const deck = site.deck(pid);
    // Once in a while one is let live to its end, so that it comes to one.
    if (kills < 12) {
      arm(deck, random, () => {
        dead = true;
        kills += 1;
        site.gone.add(pid);
        pid += 1;
      });
    }
    return deck;
  };
  let deck = live();
  let drive: Awaited<ReturnType<typeof resume>> | undefined;
  for (let steps = 0; steps < 4_000; steps += 1) {
    try {
      if (!drive) {
        const found = await deck.driver.list().catch(() => []);
        drive = driveOf(found[0] ? await deck.driver.resume(found[0]) : await deck.driver.begin(site.ask(TO)));
      }
      const did = await step(site, drive);
      if (dead) throw new Killed('killed');
      if (did === 'end') {
        await drive.leave();
        return { outcome: await site.outcome(), kills };
      }
    } catch (error) {
      if (!dead) throw error;
      // The process is gone: nothing of it is let go of in order.
      drive = undefined;
      deck.runner.stop();
      await pass(site, 1_000);
      deck = live();
    }
  }
  throw new Error(`it has not come to its end after ${kills} kills`);
}
