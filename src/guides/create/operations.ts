/** The writes of the guide: one operation a part, each a server-side apply of its manifest. */
import { objectByName } from '../../domain/fleet/by-name.ts';
import { API_KIND, type Kind } from '../../domain/kinds.ts';
import type { Field, Operation, Plan, Progress, Request, Sent, Step, World } from '../../operations/contract.ts';
import { keyOf } from '../../operations/contract.ts';
import { check, notLive } from '../../operations/define.ts';
import { progressOf, type Sight, writtenSight } from '../../operations/progress.ts';
import { type Part, wants } from './answers.ts';
import { differences, isComparable } from './diff.ts';
import { leftOut, leftText } from './left.ts';
import { unnamedMembers } from './rules/hosts.ts';
import { planeSights, poolSights, registrationSights, workerSights } from './stages.ts';
import { isUnsound, needsOf, unsoundText, type Wanted, type Wish, wantedOf, wishOf } from './wish.ts';

interface PartFacts {
  part: Part;
  id: string;
  title: string;
  about: string;
  kinds: readonly Kind[];
  sights(world: World, wish: Wish): Sight[];
}

/** What answers rest upon, whatever is written. */
const COMMON: readonly Kind[] = ['catalog', 'cluster', 'baremetalCluster', 'pool', 'host'];

const PARTS: readonly PartFacts[] = [
  {
    part: 'registration',
    id: 'create-registration',
    title: 'Make the registration and its ISO',
    about: 'Applies MachineRegistration and SeedImage of a file of answers',
    kinds: [...COMMON, 'registration', 'seedImage'],
    sights: (world, { answers }) => registrationSights(world, answers),
  },
  {
    part: 'pools',
    id: 'create-pools',
    title: 'Make the pools',
    about: 'Applies the MachineInventoryPools of a file of answers',
    kinds: COMMON,
    sights: (world, { answers }) => poolSights(world, answers),
  },
  {
    part: 'controlPlane',
    id: 'create-control-plane',
    title: 'Make the control plane',
    about: 'Applies BaremetalCluster, machine template, KubeadmControlPlane and Cluster of a file of answers',
    kinds: [...COMMON, 'controlPlane', 'baremetalMachineTemplate', 'machine', 'baremetalMachine'],
    sights: (world, { answers }) => planeSights(world, answers),
  },
  {
    part: 'workers',
    id: 'create-workers',
    title: 'Make the workers',
    about: 'Applies the templates and the MachineDeployment of a file of answers',
    kinds: [...COMMON, 'deployment', 'bootstrapTemplate', 'baremetalMachineTemplate', 'machine', 'baremetalMachine'],
    sights: (world, { answers }) => workerSights(world, answers),
  },
];

/** The operation that makes a part. */
export function operationIdOf(part: Part): string {
  return PARTS.find((one) => one.part === part)!.id;
}

const FIELDS: readonly Field[] = [
  { name: 'answers', flag: 'from', title: 'Answers', kind: 'editor', initial: () => '' },
  {
    name: 'force',
    title: 'Take over the fields of others: the name of the cluster',
    kind: 'text',
    initial: () => '',
    optional: true,
  },
];

/** The operations, in the order of the document. */
export const createOperations: readonly Operation[] = PARTS.map(operationOf);

interface Ready {
  wish: Wish;
  changes: readonly { wanted: Wanted; diff: Step['diff'] }[];
  force: boolean;
}

function operationOf({ part, id, title, about, kinds, sights }: PartFacts): Operation {
  function judge(world: World, { values }: Request): Ready | string {
    const stale = notLive(world, kinds);
    if (stale !== undefined) return stale;
    const text = values['answers'] ?? '';
    if (text === '') return 'a file of answers is needed: metaldeck create init makes one';
    const wish = wishOf(text, world);
    if (isUnsound(wish)) return unsoundText(wish);
    const { answers, manifests } = wish;
    if (!wants(answers, part)) return `the answers do not want this part (parts: ${answers.parts.join(', ')})`;
    const missing = manifests.find((manifest) => manifest.part === part && manifest.missing !== undefined)?.missing;
    if (missing !== undefined) return missing;
    const [out] = part === 'pools' ? unnamedMembers(answers, wish.known) : [];
    if (out)
      return `${out.pool} also has ${out.members.slice(0, 3).join(', ')}: nobody is taken out of a pool, name them in the answers`;
    const unread = needsOf(wish, part).find((need) => !world.raw.has(keyOf(need)));
    if (unread) return `${API_KIND[unread.kind]} ${unread.name} has not been read yet`;
    const going = wantedOf(wish, part).find(
      ({ kind, name }) => objectByName(world.fleet, { kind, name })?.deleting !== undefined,
    );
    if (going) return `${API_KIND[going.kind]} ${going.name} is being deleted`;
    const foreign = wantedOf(wish, part).find((wanted) => {
      const live = world.raw.get(keyOf(wanted));
      return live && !isComparable(live, wanted.body);
    });
    if (foreign)
      return `the server does not serve ${String(foreign.body['apiVersion'])}, in which the manifests are written: ${foreign.name} cannot be compared`;
    const { force = '' } = values;
    if (force !== '' && force !== answers.cluster) return `to take over the fields of others, type ${answers.cluster}`;
    const changes = changesOf(world, wish, part);
    return changes.length > 0 ? { wish, changes, force: force !== '' } : 'all of it stands already';
  }
  return {
    id,
    title,
    about,
    on: [],
    many: false,
    fields: FIELDS,
    kinds,
    needs(world, { values }) {
      const wish = wishOf(values['answers'] ?? '', world);
      return isUnsound(wish) ? [] : needsOf(wish, part);
    },
    refuse(world, request) {
      const found = judge(world, request);
      return typeof found === 'string' ? found : undefined;
    },
    plan(world, request) {
      const found = judge(world, request);
      if (typeof found === 'string') throw new RangeError(found);
      return draft(world, part, found);
    },
    done(world, sent): Progress {
      const wish = wishOf(sent.request.values['answers'] ?? '', world);
      if (isUnsound(wish)) return unreadable(sent, unsoundText(wish));
      return progressOf([writtenSight(sent), ...sights(world, wish)]);
    },
  };
}

/** The answers do not hold any more, or the journal left a key out of them: what was written stands all the same. */
function unreadable(sent: Sent, why: string): Progress {
  return progressOf([
    writtenSight(sent),
    { title: 'Followed', seen: false, detail: `metaldeck create status tells: ${why}` },
  ]);
}

/** Objects of a part that are not there or not so. */
export function changesOf(
  world: Pick<World, 'raw'>,
  wish: Wish,
  part?: Part,
): { wanted: Wanted; diff: Step['diff'] }[] {
  return wantedOf(wish, part).flatMap((wanted) => {
    const live = world.raw.get(keyOf(wanted)) ?? null;
    // Another version of the same object says the same in other words: that it is there is all that can be told.
    if (live !== null && !isComparable(live, wanted.body)) return [];
    const diff = differences(live, wanted.body);
    return diff.length > 0 ? [{ wanted, diff }] : [];
  });
}

function draft(world: World, part: Part, { wish, changes, force }: Ready): Plan {
  const { answers, verdict } = wish;
  const steps = changes.map(({ wanted, diff }): Step => {
    const { kind, name, body } = wanted;
    const there = findSeen(world, wanted);
    const what = `${API_KIND[kind]} ${name}`;
    return {
      id: `apply ${kind} ${name}`,
      title: there ? `Change ${what}` : `Make ${what}`,
      why: `${wanted.file} of the document`,
      write: { verb: 'apply', kind, name, body, force, ...(there ? { seen: there } : {}) },
      diff,
    };
  });
  const made = steps.filter(({ write }) => write.verb === 'apply' && !write.seen).length;
  const warnings = verdict.findings.map(({ path, text }) => check(path, text, 'warn'));
  const left = leftText(leftOut(world.fleet, wish).filter((one) => one.part === part));
  const unchecked = verdict.unchecked.map(({ about }) => check(about, 'could not be checked: not known here', 'warn'));
  return {
    title: `${PARTS.find((one) => one.part === part)!.title.replace(/^Make the/, 'Make')} of ${answers.cluster}`,
    checks: [
      check('answers', 'hold in themselves and beside what the cluster knows'),
      check('objects', `${made} to make, ${steps.length - made} to change`),
      ...(force ? [check('fields of others', 'are taken over where they differ', 'warn')] : []),
      ...(left === undefined ? [] : [check('left', left, 'warn')]),
      ...warnings,
      ...unchecked,
    ],
    steps,
    expected: EXPECTED[part].map((text) => ({ text, tone: 'info' })),
    severity: force ? 'destructive' : 'reversible',
    confirm: force ? [answers.cluster] : [],
    undo: `metaldeck delete cluster ${answers.cluster}; a registration and an ISO harm nobody`,
    alone: { what: 'create', of: answers.cluster },
    memo: { steps: steps.map(({ id }) => id), cluster: answers.cluster },
  };
}

const EXPECTED: Record<Part, readonly string[]> = {
  registration: [
    'The operator gives the registration its URL, and builds the ISO',
    'Hosts that boot it register by themselves',
  ],
  pools: ['The provider checks every member and writes its pool on it'],
  controlPlane: [
    'Hosts of the pool are reprovisioned, in the order in which they are declared',
    'The first one makes the cluster, the others join one by one',
  ],
  workers: ['Hosts of the worker pool are reprovisioned, and join'],
};

function findSeen({ raw }: World, wanted: Wanted): { uid: string; resourceVersion: string } | undefined {
  const meta = raw.get(keyOf(wanted))?.['metadata'] as { uid?: unknown; resourceVersion?: unknown } | undefined;
  return meta ? { uid: String(meta.uid ?? ''), resourceVersion: String(meta.resourceVersion ?? '') } : undefined;
}
