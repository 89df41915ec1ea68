import { testCloud } from './cloud';
import { openKeyVault } from './cloud-scene';

testCloud('Azure Key Vault', 'keyVault', openKeyVault);
