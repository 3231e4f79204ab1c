"""What an instrument does when it is asked to pay: test cards and bank accounts as data, outcomes as pure functions."""
