/** Guides between the screen and the driver: what is planned, the session on the board, and its writes. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Guides } from '../../hooks/guide.ts';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import type { Drive } from '../driver/drive.ts';
import type { Driver } from '../driver/driver.ts';
import type { Found, Standing, Wish } from '../driver/types.ts';
import { requestFor } from '../driver/wish.ts';
import type { Ask, Known } from '../guides/contract.ts';
import { fieldsOf } from '../guides/hosts/fields.ts';
import { askOf, offeredAbout, offeredLine } from '../guides/hosts/line.ts';
import { guideNamed } from '../guides/index.ts';
import type { Prepared, Refused } from '../runner/api.ts';
import { repeatedly } from '../runner/repeatedly.ts';
import { newPlace } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { reportText } from './guide-report.ts';
import { guidingOf } from './guiding.ts';
import { sessionLine } from './sessions.ts';

/** The part of the operator that puts a write of a session on screen. */
export interface Parts {
  part(
    request: Prepared['request'],
    watch: (take: (answer: Prepared | Refused) => void) => () => void,
    by: Pick<Drive, 'dryRun' | 'run'>,
  ): boolean;
}

export interface GuidesOptions {
  store: Store;
  driver: Driver;
  parts: Parts;
  matrix: Known['matrix'];
  sight: { picture(): Omit<Known, 'raw' | 'matrix' | 'learnt'>; subscribe(listener: () => void): () => void };
}

const PLAN_GAP_MS = 1_000;
/** Sessions that others begin, or end, are seen so soon, ms. */
const SESSIONS_MS = 30_000;

/** The port of a running dashboard. `stop` lets go of every session, so that others may go on. */
export function createGuides(options: GuidesOptions): Guides & { stop(): Promise<void> } {
  const { store, driver, parts, matrix, sight } = options;
  const drives = new Map<string, Drive>();
  let shown: Drive | undefined;
  let planned: { ask: Ask; stop(): void } | undefined;

  const notice = (text: string, tone: 'info' | 'warn' = 'warn') =>
    store.setState((state) => ({ notice: { text, tone, until: state.now + 8_000 } }));
  const complain = (error: unknown) => notice(error instanceof Error ? error.message : String(error));

  const show = (standing: Standing) => store.setState({ guiding: guidingOf(standing) });

  const refresh = async (): Promise<void> => {
    const found = await driver.list();
    const sessions = found.map((one) => sessionLine(one, isDriven(drives.get(one.id))));
    if (JSON.stringify(sessions) !== JSON.stringify(store.getState().sessions)) store.setState({ sessions });
  };

  const put = (drive: Drive) => {
    planned?.stop();
    planned = undefined;
    shown = drive;
    show(drive.standing());
  };

  const take = (drive: Drive) => {
    const { title } = drive.standing();
    let before = drive.standing();
    void drives.get(drive.id)?.leave().catch(complain);
    drives.set(drive.id, drive);
    drive.subscribe(() => {
      const now = drive.standing();
      if (shown === drive) show(now);
      if (now.closed && !before.closed) {
        notice(`${title}: ${now.closed}; w on its board writes the report`, 'info');
        void refresh().catch(complain);
      }
      before = now;
    });
    put(drive);
    void refresh().catch(complain);
  };

  /** `instead`: what is opened where it may not be driven: to look on is what was meant then, and the board says who drives. */
  const open = async (made: Promise<Drive | Refused>, instead?: () => Promise<Drive | Refused>): Promise<void> => {
    try {
      const driven = await made;
      const drive = 'refused' in driven && instead ? await instead() : driven;
      if ('refused' in drive) return notice(drive.refused);
      take(drive);
      const { lock } = drive.standing();
      if ('refused' in driven && lock.state !== 'other') notice(`this only looks on: ${driven.refused}`, 'info');
    } catch (error) {
      complain(error);
    }
  };

  const find = async (id: string): Promise<Found | undefined> => (await driver.list()).find((one) => one.id === id);

  const say = async (said: Promise<string | undefined>, done: string): Promise<void> => {
    const why = await said.catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    notice(why ?? done, why === undefined ? 'info' : 'warn');
  };

  const current = (): Drive | undefined => {
    if (!shown) notice('no session has begun: y begins it');
    return shown;
  };

  void refresh()
    .then(() => {
      const open_ = store.getState().sessions.filter(({ mine }) => !mine);
      const [first] = open_;
      if (!first) return;
      const more = open_.length > 1 ? ` and ${open_.length - 1} more` : '';
      const [how, enter] = first.holder
        ? [`driven by ${first.holder}`, 'enter looks on']
        : ['not finished', 'enter goes on'];
      notice(`${how}: ${first.title}${more}; o lists it, ${enter}`, 'info');
    })
    .catch(complain);

  // What could not be read this time is read the next; at the start and after every write of ours it is said.
  const looking = setInterval(() => void refresh().catch(() => {}), SESSIONS_MS).unref();

  return {
    choices(target) {
      const guide = guideNamed('upgrade');
      const world = { ...sight.picture(), raw: new Map(), matrix } as unknown as Known;
      return guide?.fields[0]?.choices?.(world, [target]) ?? [];
    },

    offer(target) {
      const { fleet } = sight.picture();
      return { line: offeredLine(fleet, target), about: offeredAbout(fleet, target), fields: fieldsOf(fleet, target) };
    },

    plan(target: ObjectRef, to: string) {
      planned?.stop();
      shown = undefined;
      const upgrades = target.kind === 'cluster';
      const ask: Ask = upgrades ? { guide: 'upgrade', targets: [target], values: { to } } : askOf(target, to);
      const guide = guideNamed(ask.guide)!;
      show({
        guide,
        session: { ask, notes: [], operations: new Map() },
        title: upgrades ? `${guide.title} ${target.name} to ${to}` : guide.title,
        live: false,
        why: 'reading',
        at: Date.now(),
        lock: { state: 'none' },
      });
      const stop = repeatedly(sight, async (stopped) => {
        try {
          const standing = await driver.plan(ask);
          if (!stopped() && planned?.ask === ask) show(standing);
        } catch (error) {
          complain(error);
        }
        await new Promise((next) => setTimeout(next, PLAN_GAP_MS).unref());
      });
      planned = { ask, stop };
    },

    begin() {
      const ask = planned?.ask;
      if (!ask) return;
      void open(driver.begin(ask));
    },

    resume(id) {
      const known = drives.get(id);
      if (known && isDriven(known)) {
        put(known);
        return;
      }
      void find(id)
        .then((found) => {
          if (!found) return notice('that session is over');
          // Whoever drove it when it was looked at may have let go of it since.
          return open(driver.resume(found), async () => driver.lookOn((await find(id)) ?? found));
        })
        .catch(complain);
    },

    async answer(gate, words) {
      const drive = current();
      if (!drive) return undefined;
      const { course } = drive.standing();
      const all = [...(course?.gates ?? []), ...(course?.stages ?? []).flatMap((stage) => stage.gates)];
      const asks = all.find(({ name, result }) => name === gate && result !== 'pass')?.asks;
      return asks === undefined ? drive.override(gate, words) : drive.confirm(gate, words);
    },

    hold(how) {
      const drive = current();
      if (drive)
        void say(
          drive.hold(how),
          how === 'machine' ? 'held: y lets no further machine go' : 'held before the next stage',
        );
    },

    goOn() {
      const drive = current();
      if (drive) void say(drive.goOn(), 'gone on with');
    },

    async choose(values) {
      return current()?.choose(values);
    },

    send(wish: Wish) {
      const drive = current();
      const request = drive && requestShown(drive.standing(), wish);
      if (!drive || !request) return;
      const watch = (taken: (answer: Prepared | Refused) => void) =>
        repeatedly(sight, async (stopped) => {
          const answer = await drive
            .prepare(wish)
            .catch((error: unknown): Refused => ({ refused: error instanceof Error ? error.message : String(error) }));
          if (!stopped()) taken(answer);
          await new Promise((next) => setTimeout(next, PLAN_GAP_MS).unref());
        });
      store.setState(({ places }) => ({ places: [...places, newPlace('operate', request.targets[0])] }));
      const begun = parts.part(request, watch, drive);
      if (!begun) notice(`this metaldeck has no operation "${request.operation}"`);
    },

    report() {
      const { guiding, session, fleet, now } = store.getState();
      if (!guiding) return;
      const operations = shown?.standing().session.operations ?? new Map();
      const about = guiding.ask.targets[0]?.name ?? 'session';
      const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
      const path = resolve(`metaldeck-${guiding.guide}-${about}-${stamp}.md`);
      reportText(guiding, operations, session, fleet, now)
        .then((text) => writeFile(path, text, { mode: 0o600, flag: 'wx' }))
        .then(() => notice(`written to ${path}`, 'info'))
        .catch(complain);
    },

    async stop() {
      clearInterval(looking);
      planned?.stop();
      await Promise.all([...drives.values()].map((drive) => drive.leave()));
    },
  };
}

/** Whether this process drives it, and does not only look on. */
function isDriven(drive: Drive | undefined): boolean {
  const { state } = drive?.standing().lock ?? { state: 'none' };
  return state === 'mine' || state === 'unprotected';
}

/** The request a wish comes to on the board, for the screen that is opened for it. */
function requestShown({ course }: Standing, wish: Wish) {
  const wanted = course && requestFor(course, wish);
  return wanted && 'request' in wanted ? wanted.request : undefined;
}
