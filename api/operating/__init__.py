"""What operators and their machines ask: is it ready, what does it do, how long does it take."""
