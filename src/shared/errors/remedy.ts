/**
 * The remedy of an error, as data. The hint of the error says it in words; the remedy says where to do it.
 * Each host words it in its own way: the window as a button, a command line as a command.
 */
export type Remedy =
  /**
   * Change the settings of the connection. `field` is the name of the field to change, as in the
   * provider's descriptor, or `address` for the field that holds the server's address.
   */
  | { readonly open: 'connection'; readonly field?: string | undefined }
  /** Choose how stored credentials are protected, or choose another workspace or environment. */
  | { readonly open: 'protection' | 'workspaces' | 'environments' }
  /** Enter the passphrase, pull the values again, or undelete the secret. */
  | { readonly do: 'unlock' | 'pull' | 'undelete' }
  /** Run a command of another program in a terminal. */
  | { readonly run: string }
  /** Hand this policy, or statement of a policy, to the administrator of the server. The hint holds it too. */
  | { readonly handOver: string };
