/** What a server of Kubernetes is built with: its own admission, in its order. A plugin is added here. */

import type { Plugin } from '../core.ts';
import { accounts, runtimes } from './accounts.ts';
import { addresses } from './addresses.ts';
import { limits } from './limits.ts';
import { podSecurity } from './pod-security.ts';
import { priorities } from './priorities.ts';
import { quotas } from './quotas.ts';
import { claims } from './storage.ts';

export const kubernetesAdmission: readonly Plugin[] = [
  limits,
  accounts,
  podSecurity,
  priorities,
  runtimes,
  claims,
  quotas,
  addresses,
];
