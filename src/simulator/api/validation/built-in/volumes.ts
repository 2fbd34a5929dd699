/** Volumes of a Pod: k8s.io/kubernetes/pkg/apis/core/validation. */

import { type Cause, cause } from '../../errors.ts';
import { readQuantity } from '../quantities.ts';
import { duplicateCause, type Fields, fieldsOf, labelName, oneOf, records } from '../tools.ts';

const HOST_PATHS = [
  ...['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'],
];
/** What must be said of a source, by its name. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  ...{ hostPath: ['path'], secret: ['secretName'], configMap: ['name'], persistentVolumeClaim: ['claimName'] },
  ...{ nfs: ['server', 'path'], csi: ['driver'] },
};

/** What is wrong with the volumes, and which names can be mounted. */
export function volumeCauses(field: string, volumes: unknown): { causes: Cause[]; names: Set<string> } {
  const names = new Set<string>();
  const causes = records(volumes).flatMap((volume, index) => {
    const at = `${field}[${index}]`;
    const name = String(volume['name'] ?? '');
    const found = [
      ...sourceCauses(at, volume),
      ...(name === '' ? [cause.required(`${at}.name`)] : labelName(`${at}.name`, name)),
      ...(names.has(name) ? [duplicateCause(`${at}.name`, name)] : []),
    ];
    if (found.length === 0) names.add(name);
    return found;
  });
  return { causes, names };
}

function sourceCauses(at: string, { name: _name, ...sources }: Fields): Cause[] {
  // In the order in which the server looks: what comes second is one too many.
  const [first, ...more] = Object.keys(sources).filter((key) => sources[key] !== null && sources[key] !== undefined);
  const found = more.map((key) => cause.forbidden(`${at}.${key}`, 'may not specify more than 1 volume type'));
  if (first === undefined) return [cause.required(at, 'must specify a volume type')];
  const source = fieldsOf(sources[first]);
  for (const key of NEEDED[first] ?? []) if (!source[key]) found.unshift(cause.required(`${at}.${first}.${key}`));
  if (first === 'hostPath' && source['type'] !== undefined) {
    found.push(...oneOf(`${at}.hostPath.type`, source['type'], HOST_PATHS, false));
  }
  if (first === 'emptyDir' && (readQuantity(source['sizeLimit'] ?? 0) ?? 0n) < 0n) {
    found.push(cause.forbidden(`${at}.emptyDir.sizeLimit`, 'SizeLimit field must be a valid resource quantity'));
  }
  if (
    first === 'hostPath' &&
    String(source['path'] ?? '')
      .split('/')
      .includes('..')
  ) {
    found.push(cause.invalid(`${at}.hostPath.path`, source['path'], "must not contain '..'"));
  }
  return found;
}
