/**
 * The floor: the same lists with nothing but `fetch` and `JSON.parse`, in a process of its own. Prints one line of JSON.
 * Reads METALDECK_BENCH_TARGET (see server.ts) and the way to read from its first argument.
 */
import { targetFromEnvironment } from './server.ts';

const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const LISTS = [
  { path: '/apis/elemental.cattle.io/v1beta1', resource: 'machineinventories', query: '', accept: 'application/json' },
  { path: '/api/v1', resource: 'secrets', query: 'fieldSelector=type%3Delemental.cattle.io%2Fplan', accept: METADATA },
  {
    path: '/apis/infrastructure.cluster.x-k8s.io/v1beta1',
    resource: 'baremetalmachines',
    query: '',
    accept: 'application/json',
  },
  { path: '/apis/cluster.x-k8s.io/v1beta1', resource: 'machines', query: '', accept: 'application/json' },
];

const target = targetFromEnvironment();
const [way = 'whole'] = process.argv.slice(2);
const paged = way.startsWith('paged');
// fetch asks for gzip by itself.
const plain = way.endsWith('plain') ? { 'accept-encoding': 'identity' } : {};

interface List {
  items: unknown[];
  metadata: { continue?: string };
}

async function read(list: (typeof LISTS)[number]): Promise<{ resource: string; objects: number; bytes: number }> {
  let objects = 0;
  let bytes = 0;
  let token: string | undefined;
  do {
    const query = [list.query, paged ? 'limit=500' : 'resourceVersion=0', token ? `continue=${token}` : ''];
    const url = `${target.url}${list.path}/namespaces/${target.namespace}/${list.resource}?${query.filter(Boolean).join('&')}`;
    const headers = { accept: list.accept, authorization: `Bearer ${target.token}`, ...plain };
    const text = await (await fetch(url, { headers })).text();
    const page = JSON.parse(text) as List;
    objects += page.items.length;
    bytes += text.length;
    token = page.metadata.continue && encodeURIComponent(page.metadata.continue);
  } while (token);
  return { resource: list.resource, objects, bytes };
}

const began = performance.now();
const lists = await Promise.all(LISTS.map(read));
const ms = performance.now() - began;
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, rssMb: process.resourceUsage().maxRSS / 1024, lists }));
