/** Everything that a datacenter serves, as somebody reads it who compares objects with each other: from its servers, with his eyes. */
import { get } from 'node:https';
import { apiVersionOf, type Resource } from '../../src/simulator/api/resources.ts';
import type { KubeObject } from '../../src/simulator/api/types.ts';
import type { Datacenter } from '../../src/simulator/datacenter.ts';

interface List {
  items: KubeObject[];
}

/** Reads all objects of a cluster (`management` where it is not one of the workload clusters), each once. */
export async function wholeOf({ api, transport, workloads }: Datacenter, cluster: string): Promise<KubeObject[]> {
  if (cluster === 'management')
    return everything(api.resources, async (path) => (await transport.json<List>({ path })).items);
  const { url, ca, token } = workloads.access(cluster)!;
  const options = { ca, headers: { authorization: `Bearer ${token}` } };
  const ask = async (path: string) =>
    new Promise<KubeObject[]>((resolve, reject) => {
      get(`${url}${path}`, options, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        // Not every version serves every kind.
        const items = () =>
          answer.statusCode === 200 ? (JSON.parse(Buffer.concat(parts).toString()) as List).items : [];
        answer.on('end', () => resolve(items()));
      }).on('error', reject);
    });
  return everything(workloads.of(cluster).api.resources, ask);
}

/** Every object of every kind that is served, once. */
async function everything(resources: readonly Resource[], ask: (path: string) => Promise<KubeObject[]>) {
  const found = new Map<string, KubeObject>();
  for (const resource of resources.filter(({ view }) => view === undefined)) {
    const { group, version, plural, kind } = resource;
    const apiVersion = apiVersionOf(resource);
    const items = await ask(`${group ? `/apis/${group}/${version}` : '/api/v1'}/${plural}`);
    for (const item of items) found.set(nameOf({ ...item, kind }), { ...item, kind, apiVersion });
  }
  return [...found.values()].filter(({ metadata }) => metadata.resourceVersion);
}

/** What an object is called in a complaint: `Kind namespace/name`. */
export const nameOf = ({ kind, metadata: { namespace = '', name } }: KubeObject): string =>
  `${kind} ${namespace}/${name}`;
/** A time of Kubernetes' as Unix time in ms. */
export const time = (text: unknown): number => Date.parse(String(text));
/** When an object was made. */
export const bornAt = ({ metadata }: KubeObject): number => time(metadata.creationTimestamp);
/** When an object was last written, by what its managers say. */
export const writtenAt = (object: KubeObject): number =>
  Math.max(bornAt(object), ...(object.metadata.managedFields ?? []).map((entry) => time(entry.time)));
/** A condition of an object. */
export interface Said {
  type: string;
  status: string;
  lastTransitionTime?: string;
}
/** All conditions of an object that have turned at some time, those of `v1beta2` with them. */
export const said = ({ status }: KubeObject): Said[] => {
  const { conditions, v1beta2 } = (status ?? {}) as { conditions?: Said[]; v1beta2?: { conditions?: Said[] } };
  return [...(conditions ?? []), ...(v1beta2?.conditions ?? [])].filter((one) => one.lastTransitionTime);
};
