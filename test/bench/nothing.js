// An empty script: what loading any costs.
