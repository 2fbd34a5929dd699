/** Cluster API's v1beta2 on the wire. What moved where: the table of both versions in Cluster API 1.11's API documents. */

import type { Kind } from '../kinds.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { cluster, healthCheck } from './clusters.ts';
import type { Codec, Parts, Wire } from './contract.ts';
import { at, every, type Json } from './json-fields.ts';
import { machine, machineDeployment, machineSet } from './machines.ts';
import { controlPlane, kubeadmConfig, kubeadmConfigTemplate } from './planes.ts';
import { inVersion, isClusterApi, ownersIn } from './references.ts';

const codecs: Readonly<Record<string, Codec>> = {
  Cluster: cluster,
  Machine: machine,
  MachineSet: machineSet,
  MachineDeployment: machineDeployment,
  MachineHealthCheck: healthCheck,
  KubeadmConfig: kubeadmConfig,
  KubeadmConfigTemplate: kubeadmConfigTemplate,
  KubeadmControlPlane: controlPlane,
};

const codecOf = (kind: Kind): Codec | undefined => (isClusterApi(kind.apiVersion) ? codecs[kind.kind] : undefined);

function converted(object: Json, codec: Codec, way: keyof Codec): Json {
  const { spec, status, ...rest } = object;
  const parts: Parts = {};
  if (spec !== undefined) parts.spec = at({ spec }, 'spec');
  if (status !== undefined) parts.status = at({ status }, 'status');
  return every({ ...rest, ...codec[way](parts) });
}

const served = new Map<Kind, Kind>();

export const v1beta2: Wire = {
  clusterApi: 'v1beta2',
  served(kind) {
    const known = served.get(kind);
    if (known) return known;
    const here = { ...kind, apiVersion: String(inVersion(kind.apiVersion, 'v1beta2')) };
    served.set(kind, here);
    return here;
  },
  decode<T extends KubeObject>(kind: Kind<T>, object: unknown): T {
    const raw = object as Json;
    const codec = codecOf(kind as Kind);
    const inner = codec ? converted(raw, codec, 'decode') : raw;
    const metadata = ownersIn(raw['metadata'], 'v1beta1');
    return { ...inner, apiVersion: kind.apiVersion, kind: kind.kind, metadata } as unknown as T;
  },
  encode(kind, object) {
    const codec = codecOf(kind);
    const inner = object as unknown as Json;
    const raw = codec ? converted(inner, codec, 'encode') : { ...inner };
    raw['apiVersion'] = inVersion(object.apiVersion, 'v1beta2');
    raw['metadata'] = ownersIn(object.metadata, 'v1beta2');
    const about = raw['involvedObject'];
    if (about)
      raw['involvedObject'] = {
        ...at(raw, 'involvedObject'),
        apiVersion: inVersion(at(raw, 'involvedObject')['apiVersion'], 'v1beta2'),
      };
    return raw;
  },
};
