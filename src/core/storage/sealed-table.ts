export type SealedRow<Address> = Address & { readonly sealed: Uint8Array };

/** A table of sealed values by address. It cannot open them: only the store above it has the key. */
export interface SealedTable<Address> {
  all(): readonly SealedRow<Address>[];
  find(address: Address): Uint8Array | undefined;
  put(row: SealedRow<Address>): void;
  remove(address: Address): void;
  /** Leaves nothing of the values on the disk. */
  removeAll(): void;
  transaction(work: () => void): void;
}
