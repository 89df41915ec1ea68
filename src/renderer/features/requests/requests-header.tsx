import type { ReactNode } from 'react';
import { PageHeader } from '../../components/page';

/** The header of the page, which is on show before the page is loaded. */
export const RequestsHeader = ({ actions }: { readonly actions?: ReactNode }) => (
  <PageHeader title="Requests" actions={actions}>
    A grant lets programs use a credential without seeing it.
  </PageHeader>
);
