/** What a kubeconfig must say of a running server. */
export interface KubeconfigOptions {
  url: string;
  token: string;
  /** PEM; for a server with TLS. */
  ca?: string;
  namespace?: string;
  /** The name of the context, the cluster and the user. */
  name?: string;
  /** The name of the user, where it is another: the context is then called `user@name`. */
  user?: string;
}

/**
 * The text of a kubeconfig, as JSON, which is YAML. kubectl sends no token over plain HTTP, so that a server for
 * kubectl must speak TLS. Without it the JavaScript client wants `insecure-skip-tls-verify`, which is set here then.
 */
export function kubeconfig({ url, token, ca, namespace, name = 'simulator', user }: KubeconfigOptions): string {
  const trust =
    ca === undefined
      ? { 'insecure-skip-tls-verify': true }
      : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  const context = user === undefined ? name : `${user}@${name}`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, ...trust } }],
    users: [{ name: user ?? name, user: { token } }],
    contexts: [{ name: context, context: { cluster: name, user: user ?? name, ...(namespace ? { namespace } : {}) } }],
    'current-context': context,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
