/** What a kubeconfig must say of a running server. */
export interface KubeconfigOptions {
  url: string;
  token: string;
  /** PEM; for a server with TLS. */
  ca?: string;
  namespace?: string;
  /** The name of the context, the cluster and the user. */
  name?: string;
}

/**
 * The text of a kubeconfig, as JSON, which is YAML. kubectl sends no token over plain HTTP, so that a server for
 * kubectl must speak TLS. Without it the JavaScript client wants `insecure-skip-tls-verify`, which is set here then.
 */
export function kubeconfig({
  url,
  token,
  ca,
  namespace = 'cpaas-system',
  name = 'simulator',
}: KubeconfigOptions): string {
  const trust =
    ca === undefined
      ? { 'insecure-skip-tls-verify': true }
      : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, ...trust } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
