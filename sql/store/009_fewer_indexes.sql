-- Nothing looks for commands by their type, and the index cost every command 2 % of the server's time.
drop index if exists {store}.commands_type;
