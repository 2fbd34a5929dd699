/** Write one line of the image catalog: a Kubernetes version and its image (domain §6.7). */

import type { Catalog, DomainObject } from '../domain/objects.ts';
import { get } from '../domain/read.ts';
import type { JsonPatch, Plan, Request, Sent, World } from './contract.ts';
import { keyOf } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { goingAway, textIn } from './find.ts';
import { goneTarget, isAfter, progressOf, type Sight, writtenSight } from './progress.ts';
import { entered } from './values.ts';
import { jsonStep, pointer } from './write.ts';

interface Found {
  catalog: Catalog;
  version: string;
  from?: string;
  /** Absent: the line is taken out. */
  to?: string;
  /** The ConfigMap has no data at all yet. */
  bare: boolean;
}

function catalogOf([target]: readonly DomainObject[]): Catalog | undefined {
  return target?.kind === 'catalog' ? target : undefined;
}

/** Why a text is no image, as a sentence. */
export function imageProblem(image: string): string | undefined {
  if (image.length > 512) return 'the image is longer than 512 characters';
  const shape =
    /^[a-z0-9][a-z0-9._-]*(:\d{1,5})?(\/[a-z0-9][a-z0-9._-]*)+(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/i;
  if (!shape.test(image)) return `"${image.slice(0, 80)}" is not an image: registry/path:tag`;
  if (!/:[\w][\w.-]*$/.test(image.replace(/^[^/]*\//, '')))
    return `${image.slice(0, 80)} names neither a tag nor a digest`;
  return undefined;
}

function examine(world: World, request: Request, catalog: Catalog): Found | Refusal {
  const version = entered(request, 'version');
  const image = entered(request, 'image');
  if (version === '') return refused('a version is needed');
  if (!/^v\d{1,3}\.\d{1,3}\.\d{1,3}([-+.][0-9A-Za-z.-]+)?$/.test(version) || version.length > 100) {
    return refused(`"${version.slice(0, 60)}" is not a Kubernetes version such as v1.33.7-2`);
  }
  if (version.includes('+')) return refused('a key of a ConfigMap cannot hold "+"');
  const raw = world.raw.get(keyOf(catalog));
  if (!raw) return refused(`${catalog.name} is gone`);
  const data = get(raw, 'data');
  const now = get(data, version);
  const from = typeof now === 'string' ? now : undefined;
  const bare = typeof data !== 'object' || data === null;
  if (image === '') {
    if (from === undefined) return refused(`${version} is not in the catalog`);
    const used = world.fleet.groups.list.filter((group) => group.version === version).map(({ name }) => name);
    if (used.length > 0)
      return refused(`${used.join(', ')} asks for ${version}: without its image no machine can be made`);
    return { catalog, version, from, bare };
  }
  const problem = imageProblem(image);
  if (problem !== undefined) return refused(problem);
  return image === from
    ? refused(`${version} stands for this image already`)
    : { catalog, version, from, to: image, bare };
}

function changesOf({ version, from, to, bare }: Found): JsonPatch[] {
  const path = pointer('data', version);
  if (from === undefined) {
    return [...(bare ? [{ op: 'add', path: '/data', value: {} } as const] : []), { op: 'add', path, value: to }];
  }
  const test = { op: 'test', path, value: from } as const;
  return to === undefined ? [test, { op: 'remove', path }] : [test, { op: 'replace', path, value: to }];
}

/** Machines that wait for this very line. */
function waiting(world: World, version: string): string[] {
  return world.fleet.machines.list
    .filter(
      ({ version: own, baremetal }) =>
        own === version && baremetal?.conditions.some(({ reason }) => reason === 'ImageCatalogMiss'),
    )
    .map(({ name }) => name);
}

function draft(world: World, found: Found): Plan {
  const { catalog, version, from, to } = found;
  const what = to === undefined ? `Take ${version} out of the catalog` : `Let ${version} stand for ${to}`;
  const step = jsonStep(
    { id: `catalog ${version}`, title: what, why: 'machines are made from the image of their version' },
    catalog,
    changesOf(found),
    [{ path: `data[${version}]`, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }],
  );
  const missed = waiting(world, version);
  const groups = world.fleet.groups.list.filter((group) => group.version === version).map(({ name }) => name);
  return {
    title: what,
    checks: [
      check('chart', 'the next upgrade of its chart may overwrite what was written by hand', 'warn'),
      check('support', 'only images support has approved belong here', 'warn'),
      ...(from !== undefined && to !== undefined && groups.length > 0
        ? [check('in use', `${groups.join(', ')}: machines made from now on get the new image`, 'warn')]
        : []),
    ],
    steps: [step],
    expected: [
      ...(missed.length > 0 && to !== undefined
        ? [{ text: `${missed.join(', ')} goes on by itself`, tone: 'info' as const }]
        : []),
      { text: 'Machines that run stay as they are', tone: 'info' },
    ],
    severity: from === undefined ? 'reversible' : 'destructive',
    confirm: from === undefined ? [] : [version],
    undo: from === undefined ? 'The line can be taken out again' : `${version} stood for ${from}`,
    memo: { steps: [step.id], version, from: from ?? '', to: to ?? '', missed },
  };
}

function done(world: World, sent: Sent) {
  const version = textIn(sent.memo, 'version') ?? '';
  const to = textIn(sent.memo, 'to') || undefined;
  const { catalog } = world.fleet;
  const written = writtenSight(sent);
  if (!catalog) return progressOf([written, goneTarget('Catalog', 'the catalog')]);
  const now = Object.hasOwn(catalog.images, version) ? catalog.images[version] : undefined;
  const overtaken = isAfter(catalog, sent) ? `${now === undefined ? 'taken out' : `set to ${now}`} since` : undefined;
  const sights: Sight[] = [
    written,
    { title: `${version} in the catalog as wanted`, seen: now === to, detail: now, overtaken },
  ];
  const left = waiting(world, version);
  if (to !== undefined) {
    sights.push({
      title: 'No machine waits for it',
      seen: now === to && left.length === 0,
      detail: left.join(', ') || undefined,
    });
  }
  return progressOf(sights);
}

/** The operation. */
export const catalog = defineOperation<Found>({
  id: 'catalog',
  title: 'Catalog',
  about: 'Write the image of a Kubernetes version',
  on: ['catalog'],
  many: false,
  fields: [
    { name: 'version', flag: 'kubernetes', title: 'Kubernetes version', kind: 'text', initial: () => '' },
    { name: 'image', title: 'Image; empty takes the version out', kind: 'text', initial: () => '', optional: true },
  ],
  kinds: ['catalog', 'deployment', 'controlPlane', 'machine', 'baremetalMachine'],
  needs: (_world, { targets }) => targets.map(({ kind, name }) => ({ kind, name })),
  offer(_world, targets) {
    const found = catalogOf(targets);
    return found ? goingAway(found) : 'the catalog is not known';
  },
  examine(world, request, targets) {
    const found = catalogOf(targets);
    return found ? examine(world, request, found) : refused('the catalog is not known');
  },
  draft: (world, _request, found) => draft(world, found),
  done,
  takeBack(world, sent) {
    const { version, from, to } = {
      version: textIn(sent.memo, 'version'),
      from: textIn(sent.memo, 'from'),
      to: textIn(sent.memo, 'to'),
    };
    const now = version === undefined ? undefined : world.fleet.catalog?.images[version];
    if (version === undefined || (now ?? '') !== to) return undefined;
    return { operation: 'catalog', targets: sent.request.targets, values: { version, image: from ?? '' } };
  },
});
