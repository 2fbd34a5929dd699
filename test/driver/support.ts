/** Sessions driven on the simulated datacenter: its clock moves when a test says so, and its line can be cut anywhere. */
import { NOTHING_LEARNT } from '../../src/domain/durations/learnt.ts';
import { PUBLISHED } from '../../src/domain/matrix.ts';
import type { Drive } from '../../src/driver/drive.ts';
import { createDriver, type Driver } from '../../src/driver/driver.ts';
import type { Found, Standing } from '../../src/driver/types.ts';
import type { Ask, Next } from '../../src/guides/contract.ts';
import { guides } from '../../src/guides/index.ts';
import { createJournal, type Journal } from '../../src/journal/journal.ts';
import { createSessions, type Sessions } from '../../src/journal/sessions.ts';
import type { World } from '../../src/operations/contract.ts';
import { operations } from '../../src/operations/index.ts';
import { createRunner, isRefused, type Refused, type Runner, type Sight } from '../../src/runner/api.ts';
import { RENEW_MS } from '../../src/runner/lease.ts';
import type { RunnerClock } from '../../src/runner/types.ts';
import { managementResources } from '../../src/simulator/world/management/index.ts';
import { workloadOf } from '../guides/support/lived.ts';
import { MemoryFiles, MemoryProcesses } from '../journal/fixtures.ts';
import { pictureOf } from '../operations/support/datacenter.ts';
import { Line } from '../runner/support.ts';
import { type Lab, type LabOptions, minute, openLab } from '../simulator/harness.ts';

export const NAMESPACE = 'cpaas-system';

/** Pictures taken when a test says so, the workload cluster's own word among them. */
class Looks implements Sight {
  readonly #lab: Lab;
  readonly #cluster: string;
  readonly #listeners = new Set<() => void>();
  #picture: World | undefined;

  constructor(lab: Lab, cluster: string) {
    this.#lab = lab;
    this.#cluster = cluster;
  }

  picture = () => ({ ...this.#picture!, now: this.#lab.clock.now() });

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async refresh(): Promise<void> {
    this.#picture = await pictureOf(this.#lab, [await workloadOf(this.#lab, this.#cluster)]);
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Waits pass at once, but for the heartbeat of a session: it would never let a test rest. */
function quickClock(lab: Lab): RunnerClock {
  return {
    now: () => lab.clock.now(),
    after(ms, then) {
      if (ms === RENEW_MS || ms >= 120_000) return () => {};
      const timer = setImmediate(then);
      return () => clearImmediate(timer);
    },
  };
}

/** One metaldeck: a process with an account on a host. */
export interface Deck {
  pid: number;
  driver: Driver;
  runner: Runner;
  journal: Journal;
  sessions: Sessions;
  line: Line;
}

export interface Site {
  lab: Lab;
  sight: Sight;
  files: MemoryFiles;
  gone: Set<number>;
  errors: unknown[];
  /** A metaldeck of its own; another `host` has files of its own as well. */
  deck(pid: number, more?: { host?: string; readOnly?: string; files?: MemoryFiles; os?: string }): Deck;
  refresh(): Promise<void>;
  ask(to: string, more?: Record<string, string>): Ask;
  /** What the objects of the cluster come to: versions, replicas, what runs. */
  outcome(): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** `open`: what opens the world, where it is more than a lab. */
export async function openSite<L extends Lab = Lab>(
  options: LabOptions = { hosts: 12, clusters: 1, seed: 5 },
  open: (options: LabOptions) => Promise<L> = openLab as (options: LabOptions) => Promise<L>,
): Promise<Site & { lab: L }> {
  const lab = await open({
    even: true,
    resources: managementResources(options.clusterApi ?? 'v1beta1'),
    ...options,
  });
  const cluster = 'prod';
  const sight = new Looks(lab, cluster);
  const files = new MemoryFiles();
  const gone = new Set<number>();
  const errors: unknown[] = [];
  const clock = quickClock(lab);
  await sight.refresh();
  const runners: Runner[] = [];
  return {
    lab,
    sight,
    files,
    gone,
    errors,
    deck(pid, { host = 'jump', readOnly, files: own = files, os = 'ana' } = {}) {
      const line = new Line(lab.management);
      const processes = new MemoryProcesses(pid, gone, host);
      const base = { folder: '/journal', files: own, processes, now: () => lab.clock.now() };
      const journal = createJournal(base);
      const sessions = createSessions(base);
      const who = { user: { os }, context: 'test', server: 'api.test:6443' };
      const onError = (error: unknown) => errors.push(error);
      const runner = createRunner({ transport: line, sight, journal, operations, who, readOnly, clock, onError });
      runners.push(runner);
      const driver = createDriver({
        transport: line,
        sight,
        runner,
        journal,
        sessions,
        guides,
        matrix: PUBLISHED,
        learnt: () => NOTHING_LEARNT,
        who,
        processes,
        clock,
        onError,
      });
      return { pid, driver, runner, journal, sessions, line };
    },
    refresh: () => sight.refresh(),
    ask(to, more = {}) {
      const { uid, name } = sight.picture().fleet.clusters.list.find((each) => each.name === cluster)!;
      return { guide: 'upgrade', targets: [{ kind: 'cluster', uid, name }], values: { to, ...more } };
    },
    async outcome() {
      const { fleet } = await pictureOf(lab, [await workloadOf(lab, cluster)]);
      const row = fleet.clusters.list.find(({ name }) => name === cluster)!;
      return {
        kubeOvn: row.object.annotations['cpaas.io/kube-ovn-version'],
        groups: fleet.groups.list
          .filter((group) => group.cluster === cluster)
          .map(({ name, version, replicas, rolling, bootstrapTemplate }) => ({
            name,
            version,
            replicas,
            rolling,
            bootstrapTemplate,
          })),
        machines: fleet.machines.list
          .filter((machine) => machine.cluster === cluster)
          .map(({ version, phase }) => `${version} ${phase}`)
          .sort(),
        templates: fleet.bootstrapTemplates.list.map(({ name }) => name).sort(),
      };
    },
    async stop() {
      for (const runner of runners) runner.stop();
      await lab.stop();
    },
  };
}

export function driveOf(made: Drive | Refused): Drive {
  if ('refused' in made) throw new Error(`refused: ${made.refused}`);
  return made;
}

/** Goes on with the only open session a deck finds. */
export async function resume(deck: Deck, over = false): Promise<Drive> {
  const [found] = await deck.driver.list();
  if (!found) throw new Error('there is no session');
  return driveOf(await deck.driver.resume(found as Found, over));
}

/** Lets what was written reach the controllers, and so much time pass. */
export async function pass(site: Site, ms = minute): Promise<void> {
  await new Promise((next) => setImmediate(next));
  await site.lab.run(ms);
  await site.refresh();
}

/** Does what is next, as an operator would who says yes to everything; gives what it was. */
export async function step(site: Site, drive: Drive): Promise<Next['what'] | 'lost'> {
  const { course, refused, why, closed } = await drive.look();
  if (closed) return 'end';
  if (!course) throw new Error(refused ?? why ?? 'no course');
  const { next } = course;
  switch (next.what) {
    case 'answer':
      for (const gate of next.gates) {
        const not = await (gate.asks === undefined
          ? drive.override(gate.name, gate.name)
          : drive.confirm(gate.name, `yes: ${gate.asks}`));
        if (not !== undefined) throw new Error(`${next.stage}: ${gate.name} (${gate.figure}): ${not}`);
      }
      return 'answer';
    case 'send': {
      const prepared = await drive.prepare('next');
      if (isRefused(prepared)) throw new Error(`${next.stage}: ${prepared.refused}`);
      const rehearsed = await drive.dryRun(prepared);
      if (rehearsed.refused) throw new Error(`${next.stage}: ${rehearsed.refused}`);
      const result = await drive.run(prepared, rehearsed, { confirm: prepared.plan.confirm });
      if (result.result !== 'written') throw new Error(`${next.stage}: ${result.result}: ${result.why}`);
      await pass(site, 1_000);
      return 'send';
    }
    case 'wait':
      await pass(site);
      return 'wait';
    case 'end':
      return 'end';
    default:
      throw new Error(`${next.stage}: ${next.what}: ${next.why}`);
  }
}

/** Steps to the end. `each` is called before each step, and may give another drive to go on with. */
export async function toTheEnd(
  site: Site,
  drive: Drive,
  each: (drive: Drive, steps: number) => Promise<Drive | undefined> | undefined = () => undefined,
): Promise<Standing> {
  let now = drive;
  for (let steps = 0; steps < 2_000; steps += 1) {
    now = (await each(now, steps)) ?? now;
    if ((await step(site, now)) === 'end') return now.standing();
  }
  throw new Error('it has not come to its end');
}
