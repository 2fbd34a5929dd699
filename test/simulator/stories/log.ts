/** A story as a log: at which time which object changed in what, as short as can be, the same for the same seed. */

import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import type { Runtime } from '../../../src/simulator/controllers/runtime.ts';
import type { KubeObject } from '../../../src/simulator/controllers/shapes/meta.ts';
import { StoryNames } from './names.ts';
import { follow, type Summary, summaries } from './summaries.ts';

type Change = 'added' | 'modified' | 'deleted';

/** What is known of one object. */
interface Known {
  name: string;
  /** Fields as the log last said them. */
  told: Map<string, string>;
  /** Fields as they are, with the steps since. */
  now: Map<string, string[]>;
  born?: string;
  gone?: boolean;
}

/** Begins to log; `lines` gives the log so far. Call it before anything is done, in a world at rest. */
export async function logStory(runtime: Runtime, cluster: string): Promise<{ lines(): string[] }> {
  const names = new StoryNames(runtime);
  const began = runtime.clock.now();
  const lines: string[] = [];
  const known = summaries.map(() => new Map<string, Known>());
  let moment = began;
  let beginning = true;

  const nodes = await runtime.nodes(cluster);
  summaries.forEach((summary, at) => {
    const tell = (object: KubeObject, change: Change) => {
      if (runtime.clock.now() !== moment) flush();
      moment = runtime.clock.now();
      note(known[at]!, summary, object, change);
    };
    if (summary.kind.kind === kinds.Node.kind) nodes.informer.onChange(tell);
    else follow(runtime, summary, tell);
  });
  for (const each of known) for (const one of each.values()) settle(one);
  beginning = false;

  function note(of: Map<string, Known>, summary: Summary, object: KubeObject, change: Change): void {
    const key = object.metadata.uid ?? object.metadata.name;
    const one: Known = of.get(key) ?? { name: '', told: new Map(), now: new Map() };
    one.name = names.of(object);
    if (!of.has(key) && !beginning) one.born = ['created', summary.born?.(object)].filter(Boolean).join(' ');
    of.set(key, one);
    if (change === 'deleted') {
      one.gone = true;
      return;
    }
    for (const [field, value] of Object.entries(summary.steps ?? {})) {
      const steps = one.now.get(field) ?? [];
      const next = value(object);
      if ((steps.at(-1) ?? one.told.get(field) ?? '') !== next) steps.push(next);
      one.now.set(field, steps);
    }
    for (const [field, value] of Object.entries(summary.last ?? {})) one.now.set(field, [value(object)]);
  }

  function flush(): void {
    const time = offset(moment - began);
    summaries.forEach(({ title }, at) => {
      const changed = [...known[at]!].flatMap(([key, one]) => {
        const said = describe(one);
        settle(one);
        if (one.gone) known[at]!.delete(key);
        return said === '' ? [] : [{ name: one.name, said }];
      });
      for (const { name, said } of changed.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        lines.push(`${time}  ${title.padEnd(13)} ${name.padEnd(15)} ${said}`);
      }
    });
  }

  return {
    lines() {
      flush();
      return lines;
    },
  };
}

/** What has changed of an object since it was last described; nothing where nothing has. */
function describe({ born, gone, told, now }: Known): string {
  const parts = born ? [born] : [];
  for (const [field, steps] of now) {
    const before = told.get(field) ?? '';
    if (steps.length === 0 || (steps.length === 1 && steps[0] === before)) continue;
    parts.push(`${field} ${steps.map((step) => step || '-').join(' > ')}`);
  }
  if (gone) parts.push('gone');
  return parts.join('; ');
}

/** Takes what is as told. */
function settle(one: Known): void {
  for (const [field, steps] of one.now) {
    const last = steps.at(-1);
    if (last !== undefined) one.told.set(field, last);
  }
  one.now.clear();
  one.born = undefined;
}

/** Ms as minutes and seconds. */
function offset(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(3)}:${String(seconds % 60).padStart(2, '0')}`;
}
