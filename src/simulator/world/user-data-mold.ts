/**
 * The user data of members that are made alike. It is rendered once for all of a group, with marks in the places of what
 * is a member's own: to render it for each of thousands takes a tenth of the time in which a large world is made.
 */

import { yamlLines } from '../controllers/capi/plain-yaml.ts';
import { userData } from '../controllers/capi/user-data.ts';
import { resolveUserData } from '../controllers/provider/user-data.ts';
import type { BootstrapFile, Cluster, KubeadmConfig, Machine } from '../controllers/shapes/capi.ts';

/** User data as Cluster API writes it, and as the provider has normalised it. */
export interface MemberData {
  value: string;
  resolved: string;
}

export interface Member {
  config: KubeadmConfig;
  machine: Machine;
  cluster: Cluster;
  /** The name of its inventory, and of its Node. */
  inventory: string;
  hostname: string;
  /** What a Machine of a control plane brings. */
  certificates?: readonly BootstrapFile[];
}

/** In the form of a token, and of none that is ever made: it has a vowel. */
const tokenMark = 'simaaa.simaaaaaaaaaaaaa';
const inventoryMark = 'sim-inventory-of-the-member';
const hostnameMark = 'sim-hostname-of-the-member';

const molds = new WeakMap<object, MemberData>();

/** The data of one member. `alike`: what is the same object for all whose data differ in nothing but what is their own. */
export function memberData(member: Member, alike: object): MemberData {
  const { config, inventory, hostname } = member;
  const token = tokenOf(config);
  if (token === undefined) return rendered(member);
  const mold = molds.get(alike) ?? moldOf(member);
  molds.set(alike, mold);
  // Some tokens are quoted: they would read as numbers.
  const [written = token] = yamlLines(token);
  const own = (text: string) => text.replace(tokenMark, () => written);
  return {
    value: own(mold.value),
    resolved: own(mold.resolved).replaceAll(inventoryMark, inventory).replaceAll(hostnameMark, hostname),
  };
}

function moldOf(member: Member): MemberData {
  const { config } = member;
  const join = config.spec?.joinConfiguration;
  const bootstrapToken = { ...bootstrapOf(config), token: tokenMark };
  const marked = {
    ...config.spec,
    joinConfiguration: { ...join, discovery: { ...discoveryOf(config), bootstrapToken } },
  };
  return rendered({
    ...member,
    config: { ...config, spec: marked },
    inventory: inventoryMark,
    hostname: hostnameMark,
  });
}

type Fields = Record<string, unknown>;
const discoveryOf = ({ spec }: KubeadmConfig) => spec?.joinConfiguration?.['discovery'] as Fields | undefined;
const bootstrapOf = (config: KubeadmConfig) => discoveryOf(config)?.['bootstrapToken'] as Fields | undefined;

/** The token with which a member joins; undefined for who does not join. */
export function tokenOf(config: KubeadmConfig): string | undefined {
  const token = bootstrapOf(config)?.['token'];
  return typeof token === 'string' ? token : undefined;
}

function rendered({ config, machine, cluster, inventory, hostname, certificates }: Member): MemberData {
  const value = userData(config, machine, cluster, certificates);
  return { value, resolved: resolveUserData(value, inventory, hostname) };
}
