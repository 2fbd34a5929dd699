/**
 * The provider's normalisation of bootstrap user data (documented: hostname, provider-id, criSocket). Everything else is
 * left as the bootstrap provider wrote it.
 */

import { isMap, parseAllDocuments, parseDocument, YAMLMap, YAMLSeq } from 'yaml';

const criSocket = 'unix:///var/run/containerd/containerd.sock';

/** User data for a host called `host` on an inventory, from the `value` of a bootstrap Secret. */
export function resolveUserData(value: string, inventory: string, host: string): string {
  const providerID = `baremetal:///${inventory}`;
  let found = false;
  // A kubeadm configuration in one line of JSON needs no YAML parser, which takes milliseconds.
  const lines = value.split('\n').map((line) => {
    const match = /^(\s+)(\{"apiVersion":"kubeadm\.k8s\.io\/.*\})\s*$/.exec(line);
    const normal = match && normalJson(match[2] ?? '', providerID);
    if (!normal) return line;
    found = true;
    return `${match[1]}${normal}`;
  });
  const text = found ? lines.join('\n') : normalYaml(value, providerID);
  return withHostname(text, host);
}

interface Registration {
  criSocket?: string;
  kubeletExtraArgs?: Record<string, string> | { name: string; value: string }[];
}

function normalJson(text: string, providerID: string): string | undefined {
  try {
    const config = JSON.parse(text) as { kind?: string; nodeRegistration?: Registration };
    if (!joins(config.kind)) return text;
    const registration: Registration = { ...config.nodeRegistration };
    registration.criSocket ||= criSocket;
    const args = registration.kubeletExtraArgs;
    registration.kubeletExtraArgs = Array.isArray(args)
      ? [...args.filter(({ name }) => name !== 'provider-id'), { name: 'provider-id', value: providerID }]
      : { ...args, 'provider-id': providerID };
    return JSON.stringify({ ...config, nodeRegistration: registration });
  } catch {
    return undefined;
  }
}

const joins = (kind: unknown): boolean => kind === 'InitConfiguration' || kind === 'JoinConfiguration';

function normalYaml(value: string, providerID: string): string {
  if (!/kind: "?(Init|Join)Configuration/.test(value)) return value;
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
