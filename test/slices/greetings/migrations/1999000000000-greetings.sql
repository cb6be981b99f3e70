-- Of a slice that only tests know.
create table greetings (id int primary key, words text not null);
insert into greetings values (1, 'hello'), (2, 'good morning'), (3, 'good night');
