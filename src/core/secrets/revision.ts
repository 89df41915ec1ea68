/** Opaque: a KV v2 version, an AWS VersionId, a fingerprint. Only ever compared for equality. */
export type Revision = string & { readonly __revision: true };

export const asRevision = (value: string): Revision => value as Revision;
