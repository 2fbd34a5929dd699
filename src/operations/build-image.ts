/** Make the SeedImage of a registration that has none: the ISO its hosts boot from (domain §6.0, step 1). */
import { isoImageOf } from '../domain/base-image.ts';
import type { RegistrationRow } from '../domain/fleet/rows.ts';
import type { DomainObject } from '../domain/objects.ts';
import { imageProblem } from './catalog.ts';
import type { Plan, Raw, Sent, World } from './contract.ts';
import { check, defineOperation, refused } from './define.ts';
import { goingAway, textIn } from './find.ts';
import { progressOf, writtenSight } from './progress.ts';
import { ELEMENTAL, PART_OF } from './registration-body.ts';
import { entered } from './values.ts';

interface Found {
  row: RegistrationRow;
  name: string;
  image: string;
}

function rowOf(world: World, target: DomainObject | undefined): RegistrationRow | undefined {
  return target && world.fleet.registrations.byUid.get(target.uid);
}

/** Begins what the hosts of a registration are called: `depot-` of `depot-${System Information/UUID}`. */
function prefixOf({ object }: RegistrationRow): string {
  return (object.machineName ?? '').split('${')[0] ?? '';
}

/**
 * The base image that fits best: the catalog's of the version that the registration's cluster has, else of the newest
 * version there is; undefined where the catalog has none.
 */
export function baseImageFor({ fleet }: Pick<World, 'fleet'>, row: RegistrationRow): string | undefined {
  const images = fleet.catalog?.images ?? {};
  const plane = fleet.groups.list.find(
    ({ controlPlane, cluster }) => controlPlane && cluster !== undefined && `${cluster}-` === prefixOf(row),
  );
  const [newest] = Object.keys(images).sort((a, b) => b.localeCompare(a, undefined, { numeric: true }));
  const version = plane?.version !== undefined && Object.hasOwn(images, plane.version) ? plane.version : newest;
  const image = version === undefined ? undefined : images[version];
  return image ? isoImageOf(image) : undefined;
}

function offer({ fleet }: World, row: RegistrationRow | undefined): string | undefined {
  if (!row) return 'the registration is not known';
  const going = goingAway(row.object);
  if (going !== undefined) return going;
  const there = fleet.seedImages.list.find(({ object }) => object.registration === row.name);
  if (there) return `${there.name} is its image already: build that again`;
  const name = `${row.name}-iso`;
  return fleet.seedImages.list.some((image) => image.name === name)
    ? `there is a SeedImage ${name} of another registration`
    : undefined;
}

function bodyOf({ row, name, image }: Found, namespace: string): Raw {
  return {
    apiVersion: ELEMENTAL,
    kind: 'SeedImage',
    metadata: { name, namespace, labels: PART_OF },
    spec: {
      type: 'iso',
      baseImage: image,
      registrationRef: { apiVersion: ELEMENTAL, kind: 'MachineRegistration', name: row.name, namespace },
      targetPlatform: 'linux/amd64',
      size: '20Gi',
      cleanupAfterMinutes: 120,
    },
  };
}

function draft(world: World, found: Found): Plan {
  const { row, name, image } = found;
  const step = {
    id: `make ${name}`,
    title: `Make SeedImage ${name}`,
    why: 'the operator builds an ISO of it that hosts boot and register with',
    write: { verb: 'create' as const, kind: 'seedImage' as const, name, body: bodyOf(found, world.namespace) },
    diff: [
      { path: 'spec.baseImage', to: image },
      { path: 'spec.registrationRef.name', to: row.name },
      { path: 'spec.targetPlatform', to: 'linux/amd64' },
      { path: 'spec.size', to: '20Gi' },
      { path: 'spec.cleanupAfterMinutes', to: 120 },
    ],
  };
  const ready = row.ready?.status === 'True';
  const best = baseImageFor(world, row);
  return {
    title: `Build an ISO for ${row.name}`,
    checks: [
      check(
        'registration',
        ready ? `${row.name} is Ready` : `${row.name} is not Ready yet`,
        ready ? undefined : 'warn',
      ),
      best === image
        ? check('base image', "belongs to the catalog's")
        : check('base image', `is not what the catalog leads to (${best ?? 'nothing'})`, 'warn'),
    ],
    steps: [step],
    expected: [
      { text: 'The operator builds the ISO, and says where it can be downloaded, for 120 minutes', tone: 'info' },
      { text: 'Hosts that boot it register by themselves', tone: 'info' },
    ],
    severity: 'reversible',
    confirm: [],
    undo: 'An ISO harms nobody: it goes by itself when its time is over',
    memo: { steps: [step.id], name },
  };
}

function done(world: World, sent: Sent) {
  const name = textIn(sent.memo, 'name');
  const row = world.fleet.seedImages.list.find((image) => image.name === name);
  return progressOf([
    writtenSight(sent),
    {
      title: 'Can be downloaded',
      seen: row?.state === 'ready',
      detail: row?.state ?? 'not there yet',
      ...(row?.state === 'failed' ? { bad: row.problem?.text ?? 'the build failed' } : {}),
    },
  ]);
}

/** The operation. */
export const buildImage = defineOperation<Found>({
  id: 'build-image',
  title: 'Build an ISO',
  about: 'Make the installation image of a registration that has none',
  on: ['registration'],
  many: false,
  fields: [
    {
      name: 'image',
      title: 'Base image of the ISO',
      kind: 'text',
      initial(world, [target]) {
        const row = target && world.fleet.registrations.byUid.get(target.uid);
        return (row && baseImageFor(world, row)) ?? '';
      },
    },
  ],
  kinds: ['seedImage', 'registration', 'catalog'],
  offer: (world, [target]) => offer(world, rowOf(world, target)),
  examine(world, request, [target]) {
    const row = rowOf(world, target);
    if (!row) return refused('the registration is not known');
    const image = entered(request, 'image').trim();
    if (image === '') return refused('the base image of the ISO is needed: the catalog has none it could belong to');
    const bad = imageProblem(image);
    if (bad !== undefined) return refused(bad);
    return { row, name: `${row.name}-iso`, image };
  },
  draft: (world, _request, found) => draft(world, found),
  done,
});
