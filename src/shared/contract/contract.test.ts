import { expect, it } from 'vitest';
import { contract } from '.';

it('is just these calls: growth of the bridge shows here', () => {
  const calls = Object.entries(contract).flatMap(([domain, group]) =>
    Object.keys(group).map((name) => `${domain}.${name}`),
  );
  expect(calls).toMatchInlineSnapshot(`
    [
      "app.info",
      "app.dismissNotice",
      "workspaces.list",
      "environments.list",
      "environments.create",
      "environments.rename",
      "environments.duplicate",
      "environments.reorder",
      "environments.remove",
      "environments.setActive",
      "environments.open",
      "environments.pull",
      "environments.save",
      "environments.reveal",
      "environments.revealAll",
      "environments.copy",
      "environments.compareValues",
      "environments.export",
      "environments.previewSync",
      "environments.enableSync",
      "environments.disableSync",
      "vault.settings",
      "vault.save",
      "vault.test",
      "vault.pullAll",
      "vault.autoSync",
      "vault.pushPlan",
      "vault.pushAll",
      "vault.status",
      "moves.targets",
      "moves.plan",
      "moves.run",
      "moves.pending",
      "moves.resume",
      "moves.undo",
      "moves.keepBoth",
      "security.protection",
      "security.choose",
      "security.unlock",
      "security.lock",
      "activity.list",
    ]
  `);
});
