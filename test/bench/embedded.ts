/** The embedded API in a process of its own. Tells its parent where it is. */
import { randomBytes } from 'node:crypto';
import { createApi } from '../../src/simulator/api/api.ts';
import { startApiServer } from '../../src/simulator/api/server.ts';

const token = randomBytes(16).toString('hex');
const { url, ca, kubeconfig } = await startApiServer({ api: createApi(), token, tls: true });
process.send?.({ url, token, ca, kubeconfig });
process.on('disconnect', () => process.exit());
