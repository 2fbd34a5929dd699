/** Kinds that somebody defines: a definition serves them, holds their objects to their schemas, and takes them along. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubeError } from '../../src/kube/types.ts';
import { WorkloadApi } from '../../src/simulator/workload/api.ts';

let api: WorkloadApi;
let now: number;
beforeEach(() => {
  now = Date.parse('2026-11-21T02:00:00Z');
  let uids = 0;
  api = new WorkloadApi(
    () => now,
    () => `4f9c1a2e-0000-4000-8000-${String(++uids).padStart(12, '0')}`,
  );
});
afterEach(() => api.close());

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const group = 'stable.example.com';
const name = `crontabs.${group}`;
const tabs = `/apis/${group}/v1/namespaces/default/crontabs`;

const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['cronSpec'],
      properties: {
        cronSpec: { type: 'string' },
        replicas: { type: 'integer', minimum: 1, default: 1 },
        ratio: { type: 'number', enum: [0.5, 1] },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};
const version = (called: string, more: object = {}) => ({
  ...{ name: called, served: true, storage: called === 'v1', schema: { openAPIV3Schema: schema } },
  subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
  additionalPrinterColumns: [{ name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec' }],
  ...more,
});
const definition = (more: object = {}, called = name) => ({
  ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: called } },
  spec: {
    ...{ group, scope: 'Namespaced', names: { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'] } },
    versions: [version('v1')],
    ...more,
  },
});
const tab = (spec: object, more: object = {}) => ({
  ...{ apiVersion: `${group}/v1`, kind: 'CronTab', metadata: { name: 'one', ...more }, spec },
});

interface Thing {
  apiVersion: string;
  metadata: { name: string; finalizers?: string[]; deletionTimestamp?: string };
  spec: Record<string, unknown>;
  status?: { conditions: { type: string; status: string; reason: string }[]; acceptedNames: object };
}
const get = <T = Thing>(path: string) => api.json<T>({ path });
const post = (path: string, body: object) => api.json<Thing>({ method: 'POST', path, body });
const patch = (path: string, body: object) =>
  api.json<Thing>({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' });
const remove = (path: string) => api.json<Thing>({ method: 'DELETE', path });
const refused = async (write: Promise<unknown>): Promise<string> => {
  const error = await write.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KubeError);
  return (error as KubeError).message;
};
const conditions = async (called = name) =>
  Object.fromEntries(((await get(`${crds}/${called}`)).status?.conditions ?? []).map((one) => [one.type, one.reason]));

describe('a definition', () => {
  it('gets the names that it leaves out, is accepted, and has its kind served', async () => {
    await post(crds, definition());
    expect((await get(`${crds}/${name}`)).status).toMatchObject({
      acceptedNames: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList' },
      storedVersions: ['v1'],
    });
    expect(await conditions()).toEqual({ NamesAccepted: 'NoConflicts', Established: 'InitialNamesAccepted' });
    const { resources } = await get<{ resources: { name: string }[] }>(`/apis/${group}/v1`);
    expect(resources.map((one) => one.name)).toEqual(['crontabs', 'crontabs/status', 'crontabs/scale']);
    const service = await get(`/apis/apiregistration.k8s.io/v1/apiservices/v1.${group}`);
    expect(service.spec).toEqual({ group, version: 'v1', groupPriorityMinimum: 1000, versionPriority: 100 });
  });

  it.each([
    ['another name', definition({}, 'other.example.com'), 'must be spec.names.plural+"."+spec.group'],
    ['no schema', definition({ versions: [version('v1', { schema: undefined })] }), 'schemas are required'],
    ['no version that is kept', definition({ versions: [version('v2')] }), 'exactly one version marked as storage'],
    [
      'a field without a type',
      definition({
        versions: [version('v1', { schema: { openAPIV3Schema: { type: 'object', properties: { spec: {} } } } })],
      }),
      'properties[spec].type: Required value: must not be empty for specified object fields',
    ],
    ['a scope that there is not', definition({ scope: 'Everywhere' }), 'supported values: "Cluster", "Namespaced"'],
    ['a group of Kubernetes', definition({ group: 'x.k8s.io' }, 'crontabs.x.k8s.io'), 'protected groups must have'],
    [
      'a conversion by a webhook',
      definition({ conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'] } } }),
      'sim: nobody is asked to convert objects',
    ],
  ])('with %s is refused', async (_what, body, words) => {
    expect(await refused(post(crds, body))).toContain(words);
  });

  const typed = (part: object) =>
    definition({
      versions: [
        version('v1', {
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', ...part } } } },
        }),
      ],
    });
  const at = 'spec.versions.schema.openAPIV3Schema.properties';

  it.each([
    [{ required: [false] }, `bool into Go struct field JSONSchemaProps.${at}.required of type string`],
    [{ required: 'a' }, `string into Go struct field JSONSchemaProps.${at}.required of type []string`],
    [{ description: 3 }, `number into Go struct field JSONSchemaProps.${at}.description of type string`],
    [{ minLength: 1.5 }, `number 1.5 into Go struct field JSONSchemaProps.${at}.minLength of type int64`],
    [{ nullable: 'no' }, `string into Go struct field JSONSchemaProps.${at}.nullable of type bool`],
    [
      { properties: [] },
      `array into Go struct field JSONSchemaProps.${at}.properties of type map[string]v1.JSONSchemaProps`,
    ],
    [
      { properties: { list: { type: 'array', items: { type: ['string'] } } } },
      `array into Go struct field JSONSchemaProps.${at}.properties.items of type string`,
    ],
  ])('whose schema has values of wrong types is not even read: %j', async (part, words) => {
    const error = `CustomResourceDefinition in version "v1" cannot be handled as a CustomResourceDefinition: json: cannot unmarshal ${words}`;
    expect(await refused(post(crds, typed(part)))).toBe(error);
    const contentType = 'application/apply-patch+yaml';
    const apply = {
      method: 'PATCH' as const,
      path: `${crds}/${name}`,
      query: { fieldManager: 'a' },
      contentType,
      body: typed(part),
    };
    expect(await refused(api.json(apply))).toBe(error);
    await post(crds, definition());
    const { metadata, spec } = typed(part) as unknown as Thing;
    const stored = await get(`${crds}/${name}`);
    const body = { ...stored, metadata: { ...stored.metadata, ...metadata }, spec };
    expect(await refused(api.json({ method: 'PUT', path: `${crds}/${name}`, body }))).toBe(error);
    expect(await refused(patch(`${crds}/${name}`, { spec }))).toContain(`cannot unmarshal ${words}`);
  });

  it('with values of wrong types elsewhere is not even read', async () => {
    const columns = version('v1', { additionalPrinterColumns: [{ name: 'Spec', type: 'string', priority: 'high' }] });
    expect(await refused(post(crds, definition({ versions: [columns] })))).toContain(
      'CustomResourceColumnDefinition.spec.versions.additionalPrinterColumns.priority of type int32',
    );
    expect(await refused(post(crds, definition({ names: { plural: 'crontabs', kind: 7 } })))).toContain(
      'number into Go struct field CustomResourceDefinitionNames.spec.names.kind of type string',
    );
    expect(await refused(post(crds, typed({ additionalProperties: 'yes' })))).toContain(
      'boolean or JSON schema expected',
    );
  });

  it('that is there with such values all the same breaks no document', async () => {
    api.load([typed({ required: [false], description: 7, minLength: 'a', enum: 'b', format: {} }) as never]);
    await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
    const protobuf = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const user = { name: 'admin', groups: ['system:masters'] };
    for (const [path, accept] of [
      ['/openapi/v2', protobuf],
      ['/openapi/v2', 'application/json'],
      [`/openapi/v3/apis/${group}/v1`, 'application/json'],
    ] as const) {
      const request = { method: 'GET', path, query: new URLSearchParams(), accept, contentType: '', body: '', user };
      const { status, body } = await api.api.handle(request);
      expect([path, status]).toEqual([path, 200]);
      expect(String(body).includes('CronTab')).toBe(true);
    }
  });

  it('of a kind that the server was made with is not to be changed', async () => {
    expect(await refused(post(crds, definition({}, 'appreleases.operator.alauda.io')))).toMatch(/sim: |must be spec/);
  });

  it('whose names another has is not accepted, and serves nothing', async () => {
    await post(crds, definition());
    const other = `cronjobtabs.${group}`;
    const names = { plural: 'cronjobtabs', kind: 'CronJobTab', shortNames: ['ct'] };
    await post(crds, definition({ names }, other));
    expect(await conditions(other)).toEqual({ NamesAccepted: 'ShortNamesConflict', Established: 'NotAccepted' });
    expect(await refused(get(`/apis/${group}/v1/cronjobtabs`))).toContain('404');
  });

  it('that goes takes its objects along, and waits for those that are held', async () => {
    await post(crds, definition());
    await post(tabs, tab({ cronSpec: '* * * * *' }, { finalizers: ['example.com/stay'] }));
    await post(tabs, { ...tab({ cronSpec: '* * * * *' }), metadata: { name: 'two' } });
    await remove(`${crds}/${name}`);
    const left = await get<{ items: Thing[] }>(tabs);
    expect(left.items.map(({ metadata }) => metadata.name)).toEqual(['one']);
    expect(await conditions()).toMatchObject({ Terminating: 'InstanceDeletionInProgress' });
    const late = post(tabs, { ...tab({ cronSpec: '* * * * *' }), metadata: { name: 'three' } });
    expect(await refused(late)).toBe('create not allowed while custom resource definition is terminating');
    await patch(`${tabs}/one`, { metadata: { finalizers: null } });
    expect(await refused(get(`${crds}/${name}`))).toContain('not found');
    expect(await refused(get(tabs))).toContain('404');
    expect(await refused(get(`/apis/apiregistration.k8s.io/v1/apiservices/v1.${group}`))).toContain('not found');
  });

  it('ends the watches of its kind when it goes', async () => {
    await post(crds, definition());
    const watch = await api.stream({ path: tabs, query: { watch: true } });
    await remove(`${crds}/${name}`);
    let heard = '';
    for await (const part of watch.body) heard += Buffer.from(part).toString();
    expect(heard).toBe('');
  });

  it('goes with its cluster', async () => {
    await post(crds, definition());
    await post(tabs, tab({ cronSpec: '* * * * *' }));
    await api.clear();
    expect(await refused(get(tabs))).toContain('404');
  });
});

describe('an object of a kind that was defined', () => {
  beforeEach(() => post(crds, definition({ versions: [version('v1'), version('v1beta1', { subresources: {} })] })));

  it('is held to its schema, and gets its defaults', async () => {
    const made = await post(tabs, tab({ cronSpec: '* * * * *', unknown: 'x', ratio: 0.5 }));
    expect(made.spec).toEqual({ cronSpec: '* * * * *', replicas: 1, ratio: 0.5 });
    const two = (spec: object) => post(tabs, { ...tab(spec), metadata: { name: 'two' } });
    expect(await refused(two({}))).toContain('spec.cronSpec: Required value');
    expect(await refused(two({ cronSpec: 'x', replicas: 0 }))).toContain('should be greater than or equal to 1');
    expect(await refused(two({ cronSpec: 'x', ratio: 'much' }))).toContain('must be of type number: "string"');
    expect(await refused(two({ cronSpec: 'x', ratio: 0.7 }))).toContain('supported values: "0.5", "1"');
  });

  it('has its status written and is scaled by itself, and is printed by its columns', async () => {
    await post(tabs, tab({ cronSpec: '* * * * *' }));
    await patch(`${tabs}/one`, { status: { phase: 'no' } });
    expect((await get(`${tabs}/one`)).status).toBeUndefined();
    await patch(`${tabs}/one/status`, { status: { phase: 'well' } });
    expect((await get(`${tabs}/one`)).status).toEqual({ phase: 'well' });
    await patch(`${tabs}/one/scale`, { spec: { replicas: 4 } });
    expect((await get(`${tabs}/one`)).spec['replicas']).toBe(4);
    const table = await api.json<{ columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] }>({
      ...{ path: tabs, accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    });
    expect(table.columnDefinitions.map((one) => one.name)).toEqual(['Name', 'Spec']);
    expect(table.rows[0]?.cells).toEqual(['one', '* * * * *']);
  });

  it('is shown in every version that is served', async () => {
    await post(tabs, tab({ cronSpec: '* * * * *' }));
    const older = await get(`${tabs.replace('/v1/', '/v1beta1/')}/one`);
    expect(older).toMatchObject({ apiVersion: `${group}/v1beta1`, spec: { cronSpec: '* * * * *' } });
  });

  it('stays when its definition gets another schema, and is held to that', async () => {
    await post(tabs, tab({ cronSpec: '* * * * *' }));
    const next = structuredClone(schema) as { properties: { spec: { properties: Record<string, object> } } };
    next.properties.spec.properties['image'] = { type: 'string' };
    const versions = [version('v1', { schema: { openAPIV3Schema: next } }), version('v1beta1', { subresources: {} })];
    await patch(`${crds}/${name}`, { spec: { versions } });
    const changed = await patch(`${tabs}/one`, { spec: { image: 'x' } });
    expect(changed.spec).toEqual({ cronSpec: '* * * * *', replicas: 1, image: 'x' });
  });

  it('goes with its namespace', async () => {
    await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    const own = tabs.replace('default', 'shop');
    await post(own, tab({ cronSpec: '* * * * *' }));
    await remove('/api/v1/namespaces/shop');
    expect((await get<{ items: Thing[] }>(own)).items).toEqual([]);
  });
});
