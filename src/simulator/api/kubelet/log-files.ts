/** /logs/ of a kubelet: the files under /var/log that are known, of its Pods and of what these mount there. Pages as Go's net/http lists directories. */

import type { Core } from '../core.ts';
import { ApiError } from '../errors.ts';
import { podLog } from '../pod-logs.ts';
import { type ApiAnswer, isRecord, type KubeObject } from '../types.ts';
import { identityOf } from './summary.ts';

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = (names: readonly string[]): ApiAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${[...names]
    .sort()
    .map((name) => `<a href="${encodeURI(name)}">${escaped(name)}</a>\n`)
    .join('')}</pre>\n`,
});

const recordsOf = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** What programs write below /var/log that are not told where. Source: Open vSwitch, ovs-ctl and ovn-ctl. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  openvswitch: ['openvswitch/ovs-vswitchd.log', 'openvswitch/ovsdb-server.log', 'ovn/ovn-controller.log'],
  'ovn-central': ['ovn/ovn-northd.log', 'ovn/ovsdb-server-nb.log', 'ovn/ovsdb-server-sb.log'],
};

interface Writer {
  pod: KubeObject;
  container: string;
  /** Whether it writes the same to its log. */
  also: boolean;
}

/** The folders below /var/log that Pods mount, and the files that are there, by their names: who writes them. */
function mountedBy(pods: readonly KubeObject[]): Map<string, Map<string, Writer>> {
  const folders = new Map<string, Map<string, Writer>>();
  for (const { spec } of pods) {
    for (const { hostPath } of recordsOf(spec?.['volumes'])) {
      const name = isRecord(hostPath) && /^\/var\/log\/([^/]+)\/?$/.exec(String(hostPath['path']))?.[1];
      if (name && name !== 'pods' && name !== 'containers') folders.set(name, folders.get(name) ?? new Map());
    }
  }
  for (const pod of pods) {
    for (const { name, command, args } of recordsOf(pod.spec?.['containers'])) {
      const words = [command, args].flatMap((one) => (Array.isArray(one) ? one.map(String) : []));
      const own = words.flatMap((word) => /^--log_file=\/var\/log\/(.+)$/.exec(word)?.[1] ?? []);
      const writes = (files: readonly string[], also: boolean) => {
        for (const file of files) {
          const [folder = '', called = ''] = file.split('/');
          folders.get(folder)?.set(called, { pod, container: String(name), also });
        }
      };
      writes(own, words.includes('--alsologtostderr=true'));
      writes(WRITTEN[String(name)] ?? [], false);
    }
  }
  return folders;
}

const statusesOf = ({ status }: KubeObject): Record<string, unknown>[] =>
  Array.isArray(status?.['containerStatuses']) ? status['containerStatuses'].filter(isRecord) : [];

/** Answers for what is at `steps` below /var/log, with the Pods of a Node. Throws 404 where there is nothing. */
export function logFiles(core: Core, pods: readonly KubeObject[], steps: readonly string[]): ApiAnswer {
  const [top = '', folder = '', container = '', file = ''] = steps;
  const missing = new ApiError(404, 'NotFound', '404 page not found', { plain: true });
  const mounted = mountedBy(pods);
  if (top === '') return page(['containers/', 'pods/', ...[...mounted.keys()].map((name) => `${name}/`)]);
  const folderOf = (pod: KubeObject) => `${pod.metadata.namespace}_${pod.metadata.name}_${identityOf(pod)}`;
  if (top === 'containers') {
    const links = pods.flatMap((pod) =>
      statusesOf(pod).flatMap(({ name, containerID }) => {
        const id = String(containerID ?? '').replace('containerd://', '');
        const link = `${pod.metadata.name}_${pod.metadata.namespace}_${String(name)}-${id}.log`;
        return id ? [{ link, pod, name: String(name) }] : [];
      }),
    );
    if (folder === '') return page(links.map(({ link }) => link));
    const found = links.find(({ link }) => link === folder);
    if (!found) throw missing;
    return contentOf(core, found.pod, found.name);
  }
  const files = mounted.get(top);
  if (files) {
    if (folder === '') return page([...files.keys()]);
    const writer = container === '' ? files.get(folder) : undefined;
    if (!writer) throw missing;
    // What is only there is turned over each night, and nobody knows what has been written since.
    return writer.also ? contentOf(core, writer.pod, writer.container, false) : plain('');
  }
  if (top !== 'pods') throw missing;
  if (folder === '') return page(pods.map((pod) => `${folderOf(pod)}/`));
  const pod = pods.find((one) => folderOf(one) === folder);
  if (!pod) throw missing;
  const statuses = statusesOf(pod);
  if (container === '') return page(statuses.map(({ name }) => `${String(name)}/`));
  const status = statuses.find(({ name }) => name === container);
  if (!status) throw missing;
  const current = `${Number(status['restartCount'] ?? 0)}.log`;
  if (file === '') return page([current]);
  if (file !== current) throw missing;
  return contentOf(core, pod, container);
}

const plain = (body: string): ApiAnswer => {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
};

/** A log as the runtime writes it: each line with its time and its stream; or as its program does. */
function contentOf(core: Core, pod: KubeObject, container: string, stamped = true): ApiAnswer {
  if (!core.logs) return { status: 200, headers: {}, body: '' };
  const query = new URLSearchParams(stamped ? { timestamps: 'true' } : {});
  const body = String(podLog(core, core.logs, pod, container, query).body);
  return plain(stamped ? body.replace(/^(\S+) /gm, '$1 stderr F ') : body);
}
