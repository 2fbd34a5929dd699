/**
 * Addresses and ports of Nodes belong to one Service each, and lie in their ranges: k8s.io/kubernetes/pkg/registry/core/service.
 */

import type { Core, Plugin, Review } from '../core.ts';
import { type Cause, cause, invalid } from '../errors.ts';
import type { KubeObject } from '../types.ts';
import { shown } from '../validation/go/values.ts';
import { fieldsOf, records, texts } from '../validation/tools.ts';
import { all } from './find.ts';

const [LOWEST, HIGHEST] = [30_000, 32_767];

export const addresses: Plugin = {
  check: (review, core) => {
    const { resource, object, operation, subresource } = review;
    if (resource.plural !== 'services' || resource.group !== '' || operation === 'DELETE') return;
    if (object === undefined || subresource !== undefined) return;
    const others = all(core, ['services']).filter(({ metadata }) => metadata.uid !== object.metadata.uid);
    const causes = [...address(core, review, object, others), ...ports(object, others)];
    if (causes.length > 0) throw invalid('Service', '', object.metadata.name, causes.slice(0, 1));
  },
};

function address(core: Core, { old }: Review, { spec = {} }: KubeObject, others: readonly KubeObject[]): Cause[] {
  const ip = spec['clusterIP'];
  if (typeof ip !== 'string' || ip === '' || ip === 'None' || ip === old?.spec?.['clusterIP']) return [];
  const told = (why: string) => [
    cause.invalid('spec.clusterIPs', shown(core.minor(), '[]string', [ip]), `failed to allocate IP ${ip}: ${why}`),
  ];
  const range = rangeOf(core);
  if (range !== undefined && !contains(range, ip)) {
    return told(
      core.minor() >= 33
        ? 'the provided network does not match the current range'
        : `the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${range}`,
    );
  }
  return others.some((one) => one.spec?.['clusterIP'] === ip) ? told('provided IP is already allocated') : [];
}

const FLAG = '--service-cluster-ip-range=';

/** The range that the servers of the cluster are started with. */
function rangeOf(core: Core): string | undefined {
  for (const { metadata, spec } of all(core, ['pods'], 'kube-system')) {
    if (metadata.labels?.['component'] !== 'kube-apiserver') continue;
    const command = records(spec?.['containers']).flatMap((one) => texts(one['command']));
    const flag = command.find((word) => word.startsWith(FLAG));
    if (flag !== undefined) return flag.slice(FLAG.length).split(',')[0];
  }
  return undefined;
}

/** Whether an IPv4 address lies in a range; of others nothing is said. */
function contains(range: string, ip: string): boolean {
  const [base = '', size = '32'] = range.split('/');
  if (base.includes(':') || ip.includes(':')) return true;
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const block = 2 ** (32 - Number(size));
  return Math.floor(number(ip) / block) === Math.floor(number(base) / block);
}

function ports({ spec }: KubeObject, others: readonly KubeObject[]): Cause[] {
  const taken = new Set(
    others.flatMap((one) =>
      records(fieldsOf(one.spec)['ports']).map(
        ({ nodePort, protocol = 'TCP' }) => `${String(protocol)}/${String(nodePort)}`,
      ),
    ),
  );
  return records(fieldsOf(spec)['ports']).flatMap(({ nodePort, protocol = 'TCP' }, index) => {
    if (typeof nodePort !== 'number' || nodePort === 0) return [];
    const field = `spec.ports[${index}].nodePort`;
    if (nodePort < LOWEST || nodePort > HIGHEST) {
      const why = `provided port is not in the valid range. The range of valid ports is ${LOWEST}-${HIGHEST}`;
      return [cause.invalid(field, nodePort, why)];
    }
    const used = taken.has(`${String(protocol)}/${nodePort}`);
    return used ? [cause.invalid(field, nodePort, 'provided port is already allocated')] : [];
  });
}
