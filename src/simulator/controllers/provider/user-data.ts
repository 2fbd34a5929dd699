/**
 * The provider's normalisation of bootstrap user data (documented: hostname, provider-id, criSocket). Everything else is
 * left as the bootstrap provider wrote it.
 */

import { isMap, parseAllDocuments, parseDocument, YAMLMap, YAMLSeq } from 'yaml';
import { withRegistration } from './registration-lines.ts';

const criSocket = 'unix:///var/run/containerd/containerd.sock';

/** User data for a host called `host` on an inventory, from the `value` of a bootstrap Secret. */
export function resolveUserData(value: string, inventory: string, host: string): string {
  const providerID = `baremetal:///${inventory}`;
  const lines = withRegistration(value.split('\n'), providerID);
  return withHostname(lines?.join('\n') ?? normalYaml(value, providerID), host);
}

const joins = (kind: unknown): boolean => kind === 'InitConfiguration' || kind === 'JoinConfiguration';

function normalYaml(value: string, providerID: string): string {
  if (!/kind"?: ?"?(Init|Join)Configuration/.test(value)) return value;
  const document = parseDocument(value);
  const files = document.get('write_files');
  if (document.errors.length > 0 || !(files instanceof YAMLSeq)) return value;
  for (const file of files.items) {
    if (!isMap(file)) continue;
    const content = file.get('content');
    if (typeof content === 'string' && /kubeadm\.k8s\.io/.test(content)) {
      file.set('content', normalConfigs(content, providerID));
    }
  }
  return document.toString({ lineWidth: 0 });
}

function normalConfigs(content: string, providerID: string): string {
  const documents = parseAllDocuments(content);
  if (!Array.isArray(documents)) return content;
  for (const document of documents) {
    if (document.errors.length > 0 || !joins(document.get('kind'))) continue;
    const path = ['nodeRegistration', 'kubeletExtraArgs'];
    if (!document.getIn(['nodeRegistration', 'criSocket']))
      document.setIn(['nodeRegistration', 'criSocket'], criSocket);
    const args = document.getIn(path);
    if (args instanceof YAMLSeq) {
      args.items = args.items.filter((item) => !(item instanceof YAMLMap && item.get('name') === 'provider-id'));
      args.add(document.createNode({ name: 'provider-id', value: providerID }));
    } else if (args === undefined && String(document.get('apiVersion')).endsWith('/v1beta4')) {
      document.setIn(path, document.createNode([{ name: 'provider-id', value: providerID }]));
    } else {
      document.setIn([...path, 'provider-id'], providerID);
    }
  }
  return documents.map((document) => document.toString({ lineWidth: 0 }).replace(/^---\n/, '')).join('---\n');
}

/** The names of the host take the place of any the user data has. */
function withHostname(text: string, host: string): string {
  const lines = text.split('\n').filter((line) => !/^(hostname|fqdn|preserve_hostname):/.test(line));
  const names = [`hostname: ${host}`, `fqdn: ${host}`];
  const at = lines.findIndex((line) => line.trim() === '#cloud-config');
  if (at < 0) return ['#cloud-config', ...names, ...lines].join('\n');
  return [...lines.slice(0, at + 1), ...names, ...lines.slice(at + 1)].join('\n');
}
