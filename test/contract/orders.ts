import { describe, expect, it } from 'vitest';
import { Client, CONTENT, type Connection, type Item, refused } from './client.ts';

interface Case {
  title: string;
  /** The names in the list before, what is patched of it, and the names after. */
  before: string[];
  patch: Record<string, unknown>;
  after: string[];
}

const order = (...names: string[]) => ({ '$setElementOrder/containers': names.map((name) => ({ name })) });
const put = (...names: string[]) => names.map((name) => ({ name, image: 'b:1' }));
const gone = (name: string) => ({ name, $patch: 'delete' });

/** What is seen of a real kube-apiserver, of lists whose members have a key. */
const KEYED: Case[] = [
  { title: 'what is new comes first', before: ['old'], patch: { containers: put('side') }, after: ['side', 'old'] },
  {
    ...{ title: 'all that is new comes first, in its own order', before: ['a', 'b'] },
    ...{ patch: { containers: put('y', 'x') }, after: ['y', 'x', 'a', 'b'] },
  },
  {
    ...{ title: 'what is changed stays where it was', before: ['a', 'b', 'c'] },
    ...{ patch: { containers: put('b') }, after: ['a', 'b', 'c'] },
  },
  {
    ...{ title: 'what is new before one that is changed comes before all', before: ['a', 'b', 'c'] },
    ...{ patch: { containers: put('x', 'b') }, after: ['x', 'a', 'b', 'c'] },
  },
  {
    ...{ title: 'what is new after one that is changed comes right after it', before: ['a', 'b', 'c'] },
    ...{ patch: { containers: put('b', 'x') }, after: ['a', 'b', 'x', 'c'] },
  },
  {
    ...{ title: 'what is changed comes in the order of the patch', before: ['a', 'b', 'c', 'd'] },
    ...{ patch: { containers: put('d', 'b') }, after: ['a', 'c', 'd', 'b'] },
  },
  {
    ...{ title: 'an order as kubectl apply sends it is kept', before: ['a', 'b'] },
    ...{ patch: { ...order('a', 'b', 'x'), containers: put('x') }, after: ['a', 'b', 'x'] },
  },
  {
    ...{ title: 'an order puts between what it names what stood between it', before: ['a', 'other', 'b'] },
    ...{ patch: { ...order('a', 'x', 'b'), containers: put('x') }, after: ['a', 'x', 'other', 'b'] },
  },
  {
    ...{ title: 'an order leaves behind what it does not name', before: ['a', 'other'] },
    ...{ patch: { ...order('x', 'a'), containers: put('x') }, after: ['x', 'a', 'other'] },
  },
  {
    ...{ title: 'an order alone turns a list round', before: ['a', 'b', 'c'] },
    ...{ patch: order('c', 'a'), after: ['b', 'c', 'a'] },
  },
  {
    ...{ title: 'an order that names what is not there orders the rest', before: ['a', 'b'] },
    ...{ patch: order('b', 'x', 'a'), after: ['b', 'a'] },
  },
  {
    ...{ title: 'what is deleted makes no place', before: ['a', 'b', 'c'] },
    ...{ patch: { containers: [gone('a'), ...put('x')] }, after: ['x', 'b', 'c'] },
  },
  {
    ...{ title: 'what is deleted under an order leaves the others in it', before: ['a', 'b', 'c'] },
    ...{ patch: { ...order('c', 'x', 'a'), containers: [...put('x'), gone('b')] }, after: ['c', 'x', 'a'] },
  },
  {
    ...{ title: 'what is replaced comes as it stands', before: ['a', 'b'] },
    ...{ patch: { containers: [...put('x', 'b'), { $patch: 'replace' }] }, after: ['x', 'b'] },
  },
];

const ends = (...names: string[]) => names.map((name) => `x.io/${name}`);

/** The same of lists of plain values. */
const PLAIN: Case[] = [
  { title: 'what is new comes first', before: ['a'], patch: { finalizers: ends('b') }, after: ['b', 'a'] },
  {
    ...{ title: 'what is there comes in the order of the patch', before: ['a', 'b', 'c'] },
    ...{ patch: { finalizers: ends('c', 'x', 'a') }, after: ['b', 'c', 'x', 'a'] },
  },
  {
    ...{ title: 'an order is kept', before: ['a', 'b'] },
    ...{ patch: { '$setElementOrder/finalizers': ends('a', 'x'), finalizers: ends('x') }, after: ['a', 'x', 'b'] },
  },
  {
    ...{ title: 'what is deleted leaves the others', before: ['a', 'b', 'c'] },
    ...{ patch: { '$deleteFromPrimitiveList/finalizers': ends('b') }, after: ['a', 'c'] },
  },
  {
    ...{ title: 'what is deleted under an order leaves the others in it', before: ['a', 'b', 'c'] },
    patch: {
      ...{ '$setElementOrder/finalizers': ends('c', 'x', 'a'), finalizers: ends('x') },
      '$deleteFromPrimitiveList/finalizers': ends('b'),
    },
    after: ['c', 'x', 'a'],
  },
];

/** In which order a strategic merge leaves the members of a list. */
export function orderContract(connection: () => Connection): void {
  const deployments = () => `/apis/apps/v1/namespaces/${connection().namespace}/deployments`;
  const labels = { app: 'x' };
  const makeDeployment = (client: Client, names: string[]) =>
    client.json<Item>({
      ...{ method: 'POST', path: deployments() },
      body: {
        metadata: { name: client.id },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: { containers: names.map((name) => ({ name, image: 'a:1' })) },
          },
        },
      },
    });
  const patchDeployment = (client: Client, spec: unknown) =>
    client.json<Item>({
      ...{ method: 'PATCH', path: `${deployments()}/${client.id}`, contentType: CONTENT.strategic },
      ...{ body: { spec: { template: { spec } } }, query: { dryRun: 'All' } },
    });

  describe('the order of what is merged', () => {
    it.each(KEYED)('of members with a key: $title', async ({ before, patch, after }) => {
      const client = new Client(connection());
      await makeDeployment(client, before);
      const { spec } = await patchDeployment(client, patch);
      const { containers } = (spec['template'] as { spec: { containers: { name: string }[] } }).spec;
      expect(containers.map(({ name }) => name)).toEqual(after);
    });

    it.each(PLAIN)('of plain values: $title', async ({ before, patch, after }) => {
      const client = new Client(connection());
      const path = `/api/v1/namespaces/${connection().namespace}/configmaps`;
      const metadata = { name: client.id, finalizers: ends(...before) };
      await client.json({ method: 'POST', path, body: { metadata } });
      const patched = await client.json<Item>({
        ...{ method: 'PATCH', path: `${path}/${client.id}`, contentType: CONTENT.strategic },
        ...{ body: { metadata: patch }, query: { dryRun: 'All' } },
      });
      expect(patched.metadata.finalizers).toEqual(ends(...after));
    });

    it('is refused where the patch and the order that it names differ', async () => {
      const client = new Client(connection());
      await makeDeployment(client, ['a']);
      const change = patchDeployment(client, { ...order('a'), containers: put('x') });
      const { message } = await refused(change, 500, 'HTTP500');
      const [sent, named] = ['[map[image:b:1 name:x]]', '[map[name:a]]'];
      expect(message).toBe(`The order in patch list:\n${sent}\n doesn't match $setElementOrder list:\n${named}\n`);
    });
  });
}
