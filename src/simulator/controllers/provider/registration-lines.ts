/** The node registration of a kubeadm document, changed line by line: a YAML parser takes milliseconds for each host. */

const criSocket = 'unix:///var/run/containerd/containerd.sock';

/**
 * The lines of user data with `providerID` and a CRI socket in every Init- and JoinConfiguration; undefined where one of
 * them is not laid out as Cluster API does it, block by block.
 */
export function withRegistration(lines: readonly string[], providerID: string): string[] | undefined {
  const made = [...lines];
  let found = false;
  for (let at = 0; at < made.length; at++) {
    const [, indent] = /^( +)kind: (?:Init|Join)Configuration$/.exec(made[at] ?? '') ?? [];
    if (indent === undefined) continue;
    const [from, to] = documentAround(made, at, indent);
    const changed = changedDocument(made.slice(from, to), indent, providerID);
    if (!changed) return undefined;
    made.splice(from, to - from, ...changed);
    at = from + changed.length - 1;
    found = true;
  }
  return found ? made : undefined;
}

function documentAround(lines: readonly string[], at: number, indent: string): [number, number] {
  const inside = (line: string | undefined) => line?.startsWith(indent) && line !== `${indent}---`;
  let from = at;
  let to = at + 1;
  while (inside(lines[from - 1])) from--;
  while (inside(lines[to])) to++;
  return [from, to];
}

function changedDocument(lines: readonly string[], indent: string, providerID: string): string[] | undefined {
  const [, version] =
    lines.map((line) => /^ +apiVersion: kubeadm\.k8s\.io\/(v1beta[34])$/.exec(line)).find(Boolean) ?? [];
  const start = lines.indexOf(`${indent}nodeRegistration:`);
  if (version === undefined || start < 0) return undefined;
  const block = indent.length + 2;
  let end = start + 1;
  while (depth(lines[end]) >= block) end++;
  const inner = lines.slice(start + 1, end);
  const field = ' '.repeat(block);
  if (inner.some((line) => line.startsWith(`${field}kubeletExtraArgs: `))) return undefined;
  const socket = inner.some((line) => line.startsWith(`${field}criSocket: `))
    ? []
    : [`${field}criSocket: ${criSocket}`];
  const at = inner.indexOf(`${field}kubeletExtraArgs:`);
  const listed = version === 'v1beta4';
  const own = listed
    ? [`${field}- name: provider-id`, `${field}  value: ${providerID}`]
    : [`${field}  provider-id: ${providerID}`];
  if (at < 0) {
    const whole = [...socket, ...inner, `${field}kubeletExtraArgs:`, ...own];
    return [...lines.slice(0, start + 1), ...whole, ...lines.slice(end)];
  }
  let last = at + 1;
  while (depth(inner[last]) > block || inner[last]?.startsWith(`${field}- `)) last++;
  const args = inner.slice(at + 1, last);
  const fits = listed ? /^ +(?:- name| {2}value): [^|>]/ : /^ +[\w-]+: [^|>]/;
  if (args.length === 0 || !args.every((line) => fits.test(line)) || args.some((line) => line.includes('provider-id')))
    return undefined;
  const whole = [...socket, ...inner.slice(0, last), ...own, ...inner.slice(last)];
  return [...lines.slice(0, start + 1), ...whole, ...lines.slice(end)];
}

const depth = (line: string | undefined): number => line?.search(/\S/) ?? -1;
