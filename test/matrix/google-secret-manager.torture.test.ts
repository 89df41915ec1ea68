import { testCloud } from './cloud';
import { openGoogle } from './cloud-scene';

testCloud('Google Secret Manager', 'google', openGoogle);
