/** The permissions that the product's guide recommends. */
export const guidePermissions = [
  'secretsmanager:ListSecrets',
  'secretsmanager:GetSecretValue',
  'secretsmanager:PutSecretValue',
  'secretsmanager:CreateSecret',
  'secretsmanager:DeleteSecret',
] as const;
