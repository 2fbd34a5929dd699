/** Whom the server of all workload clusters lets in: each is of one cluster, or of all, and a group says which. */

import type { User } from '../api/types.ts';

const admin: User = { name: 'kubernetes-admin', groups: ['system:masters'] };

/** The group that says which cluster a token is for; the administrator's is for none by name, hence for all. */
export const groupOf = (cluster: string): string => `sim:cluster:${cluster}`;

/** The one cluster that a user's token is for. */
export const clusterOf = (user: User | undefined): string | undefined =>
  user?.groups?.find((group) => group.startsWith(groupOf('')) && group !== groupOf(''))?.slice(groupOf('').length);

/** A part of a path as it is meant; undefined where it is no such. */
export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The administrator of a cluster, or of all where none is named. */
export const userOf = (cluster = ''): User => ({ ...admin, groups: ['system:masters', groupOf(cluster)] });

/** Somebody as the API of the cluster knows him. */
export const unmarked = (user: User | undefined): User | undefined =>
  user && { ...user, groups: user.groups?.filter((group) => !group.startsWith(groupOf(''))) ?? [] };
