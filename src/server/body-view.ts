/** The bytes of an answer in JSON: as text if they are text. */
export function bodyView(
  bytes: Uint8Array,
): { readonly body: string } | { readonly base64: string } {
  try {
    return { body: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}
