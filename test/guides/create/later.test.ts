/** Answers that change after their cluster was made: what an apply takes out, what it leaves, and whom it never drops. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createFleet } from '../../../src/domain/fleet/index.ts';
import type { DomainObject } from '../../../src/domain/objects.ts';
import { differences } from '../../../src/guides/create/diff.ts';
import { fill } from '../../../src/guides/create/fill.ts';
import type { Known } from '../../../src/guides/create/known.ts';
import { leftOut, leftText } from '../../../src/guides/create/left.ts';
import { manifestsOf } from '../../../src/guides/create/render/index.ts';
import { rackLines } from '../../../src/guides/create/stages.ts';
import { wantedOf } from '../../../src/guides/create/wish.ts';
import { KINDS_TABLE, pathOf } from '../../../src/kube/kinds.ts';
import type { Transport } from '../../../src/kube/types.ts';
import type { Raw } from '../../../src/operations/contract.ts';
import { type Api, createApi } from '../../../src/simulator/api/api.ts';
import { apiTransport } from '../../../src/simulator/api/transport.ts';
import { managementResources } from '../../../src/simulator/world/management/kinds.ts';
import { ownershipOf } from '../../../src/simulator/world/ownership.ts';
import * as make from '../../domain/fixtures.ts';
import { answers, HOSTS, KNOWN, uuidOf } from './fixtures.ts';

let api: Api;
beforeEach(() => {
  api = createApi({
    namespaces: ['cpaas-system'],
    resources: managementResources('v1beta1'),
    ownership: ownershipOf(),
  });
});

const as = (program: string): Transport =>
  apiTransport(api, { user: { name: 'admin', groups: ['system:masters'] }, program: () => program });

const wished = (changes: Record<string, unknown> = {}) => {
  const given = answers(changes);
  return { answers: given, known: KNOWN, manifests: manifestsOf(given, KNOWN) };
};
const object = (kind: string, changes: Record<string, unknown> = {}) =>
  wantedOf(wished(changes)).find(({ body }) => body['kind'] === kind)!;

function apply(body: Raw, by = 'metaldeck', more: Record<string, unknown> = {}): Promise<Raw> {
  const { kind, name } = object(String(body['kind']));
  return as(by).json<Raw>({
    method: 'PATCH',
    path: pathOf(kind, String(body['apiVersion']).split('/').at(-1)!, 'cpaas-system', name),
    query: { fieldManager: by, ...more },
    contentType: 'application/apply-patch+yaml',
    body,
  });
}

describe('an answer that is taken out of the file', () => {
  it('is told as what goes, and goes', async () => {
    const live = await apply(object('MachineRegistration').body);
    const { body } = object('MachineRegistration', { 'registration.installDevice': undefined });
    expect(differences(live, body)).toEqual([{ path: 'spec.config.elemental.install.device', from: '/dev/nvme0n1' }]);
    const after = await apply(body);
    expect(JSON.stringify(after['spec'])).not.toContain('nvme0n1');
    expect(differences(after, body)).toEqual([]);
  });

  it('goes from annotations too, where it was ours', async () => {
    await apply(object('Cluster').body);
    const path = pathOf('cluster', 'v1beta1', 'cpaas-system', 'depot');
    const note = { metadata: { annotations: { 'example.com/rack': 'r02' } } };
    const live = await as('kubectl-edit').json<Raw>({
      method: 'PATCH',
      path,
      contentType: 'application/merge-patch+json',
      body: note,
    });
    const { body } = object('Cluster', { 'images.kubeOvn': undefined });
    expect(differences(live, body)).toEqual([
      { path: 'metadata.annotations[cpaas.io/kube-ovn-version]', from: 'v4.2.24' },
    ]);
    const after = await apply(body);
    expect(after).toMatchObject(note);
    expect(differences(after, body)).toEqual([]);
  });

  it('stays where somebody else wants it as well', async () => {
    const { body } = object('Cluster');
    await apply(body);
    const shared = {
      apiVersion: body['apiVersion'],
      kind: 'Cluster',
      metadata: { name: 'depot', namespace: 'cpaas-system', annotations: { 'cpaas.io/kube-ovn-version': 'v4.2.24' } },
    };
    const live = await apply(shared, 'gitops');
    expect(differences(live, object('Cluster', { 'images.kubeOvn': undefined }).body)).toEqual([]);
  });

  it('is not guessed where the server does not say who owns what', () => {
    const { body } = object('Cluster');
    const odd = [null, 'x', [null], [{ manager: 'metaldeck', operation: 'Apply', apiVersion: body['apiVersion'] }]];
    for (const managedFields of odd) {
      const live = structuredClone(body) as { metadata: Record<string, unknown> };
      live.metadata['managedFields'] = managedFields;
      expect(differences(live as Raw, object('Cluster', { 'images.kubeOvn': undefined }).body)).toEqual([]);
    }
  });
});

it('names objects that the answers have no longer, and that stay', () => {
  const index = createFleet();
  const objects = wantedOf(wished()).flatMap(({ kind, body }): DomainObject[] => {
    const metadata = { ...(body['metadata'] as Raw), uid: `${body['kind']}-${(body['metadata'] as Raw)['name']}` };
    const read = KINDS_TABLE[kind].project({ ...body, metadata });
    return read ? [read] : [];
  });
  index.apply(objects.map((one) => ({ type: 'set', object: one })));
  const fleet = index.snapshot();
  const left = (changes = {}) => leftOut(fleet, wished(changes)).map(({ name }) => name);
  expect(left()).toEqual([]);
  expect(left({ 'workers.hosts': [], 'workers.replicas': 0 })).toEqual(['depot-worker-pool']);
  // Hosts that have yet to come keep the pools from being rendered: they are wanted all the same.
  expect(left({ 'workers.hosts': [] })).toEqual([]);
  expect(left({ parts: ['registration', 'pools', 'controlPlane'] })).toEqual(['depot-workers']);
  expect(leftText(leftOut(fleet, wished({ parts: ['registration', 'pools', 'controlPlane'] })))).toBe(
    'there, not in the answers, and left as it is: MachineDeployment depot-workers',
  );
});

it('names members that the answers do not have, with the hostnames they have', () => {
  const late = { ...HOSTS[5]!, name: 'depot-late', uuid: uuidOf(9), pool: 'depot-worker-pool', hostname: 'depot-w-9' };
  const known: Known = {
    ...KNOWN,
    hosts: [...HOSTS, late],
    pools: [{ name: 'depot-worker-pool', cluster: 'depot', members: [HOSTS[3]!.name, 'depot-late'] }],
  };
  const { workers, added } = fill({ answers: answers(), known });
  expect(added).toEqual(['depot-late']);
  expect(workers.at(-1)).toEqual({ inventory: 'depot-late', hostname: 'depot-w-9' });
});

it('says to the people in the rack what to boot from, and that an ISO is no more', () => {
  const said = (reason: string, status: Raw) => {
    const raw = make.seedImage('depot-registration-iso', [make.condition('SeedImageReady', 'True', reason)], status);
    const index = createFleet();
    index.apply([{ type: 'set', object: KINDS_TABLE.seedImage.project(raw)! }]);
    return rackLines({ fleet: index.snapshot(), now: 0 }, answers());
  };
  const built = said('SeedImageBuildSuccess', {
    downloadURL: 'https://one/x.iso',
    checksumURL: 'https://one/x.iso.sha256',
  });
  expect(built.slice(0, 2)).toEqual(['ISO https://one/x.iso', 'checksum https://one/x.iso.sha256']);
  expect(built.length).toBeGreaterThan(6);
  expect(said('SeedImageBuildDeadline', {})).toEqual([
    expect.stringContaining('run rebuild seedimage/depot-registration-iso'),
  ]);
  expect(rackLines({ fleet: createFleet().snapshot(), now: 0 }, answers())).toEqual([]);
});
